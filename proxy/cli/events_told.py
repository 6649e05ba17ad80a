"""Events, and the outbox that they lie in, as text for a person and as JSON for a machine. Pure.

Whatever a stranger wrote (ids, bodies, what an answer said) may hold characters
that would move a terminal's cursor, or turn its text around. None gets through:
in text they are shown as escapes, in JSON they are spelled as escapes, which is
the same content.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec

from proxy.events.event import Kept, Shelf
from proxy.events.keeping.outbox import Status

_COLUMNS: Final = (("REF", 8), ("KIND", 11), ("ID", 36), ("AGE", 4), ("TRIES", 5), ("SAID", 0))
_GAP: Final = "  "
_NARROWEST: Final = 20


def visible(text: str) -> str:
    """Text in one line in which nothing moves a cursor."""
    return "".join(char if char.isprintable() else _escape(char) for char in text)


def _escape(char: str) -> str:
    """As JSON spells it; beyond 16 bits as two surrogates."""
    return json.dumps(char)[1:-1] if ord(char) != 0x7F else "\\u007f"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


# -- a list -------------------------------------------------------------------


def heading(width: int) -> str:
    """The first line of a list, on a terminal of so many columns."""
    return _line([name for name, _ in _COLUMNS], width)


def as_line(kept: Kept, width: int) -> str:
    """An event in one line of a list."""
    event = kept.event
    return _line([kept.ref, event.kind, event.id, duration(kept.age), str(kept.attempts), kept.said], width)


def _line(cells: list[str], width: int) -> str:
    last = max(_NARROWEST, width - sum(wide + len(_GAP) for _, wide in _COLUMNS))
    cut = [_cut(visible(cell), wide or last).ljust(wide) for cell, (_, wide) in zip(cells, _COLUMNS, strict=True)]
    return _GAP.join(cut).rstrip()


# -- one event ----------------------------------------------------------------


def in_full(kept: Kept) -> str:
    """Everything that is known of an event, its body set in lines; no value is spelled another way than it was sent."""
    facts = {
        "ref": kept.ref,
        "id": kept.event.id,
        "kind": kept.event.kind,
        "shelf": str(kept.shelf),
        "taken": moment(kept.taken_at),
        "age": duration(kept.age),
        "tries": str(kept.attempts),
        "said": kept.said,
    }
    lines = [f"{name:<7}{visible(value)}".rstrip() for name, value in facts.items()]
    return "\n".join([*lines, "", *map(visible, _body_lines(kept.event.body))]) + "\n"


def _body_lines(body: bytes) -> list[str]:
    try:
        return msgspec.json.format(body, indent=2).decode("utf-8", "replace").split("\n")
    except ValueError:
        return body.decode("utf-8", "replace").split("\n")


def as_json(kept: Kept) -> str:
    """An event as one line of JSON, its body as it was sent."""
    event = kept.event
    facts = {
        "ref": kept.ref,
        "kind": event.kind,
        "id": event.id,
        "shelf": str(kept.shelf),
        "takenAt": moment(kept.taken_at),
        "age": round(kept.age, 3),
        "attempts": kept.attempts,
        "said": kept.said,
    }
    return f'{visible(json.dumps(facts, ensure_ascii=False))[:-1]}, "event": {_body(event.body)}}}'


def _body(body: bytes) -> str:
    """A body within a line of JSON. Lines end and blanks stand only between its values, so a blank will do for them."""
    try:
        text = body.decode()
        msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return json.dumps(body.decode("utf-8", "replace"))
    return visible(text.replace("\n", " ").replace("\r", " ").replace("\t", " "))


# -- the outbox ---------------------------------------------------------------


def status_as_text(status: Status) -> str:
    """How an outbox is."""
    lines = [_counted(shelf, count) for shelf, count in _shelves(status).items()]
    if status.oldest is not None:
        lines[0] += f", the oldest for {duration(status.oldest)}"
    lines.append(
        f"{'size':<10}{_of(status.size, status.limit)}; dead letters {_of(status.dead_size, status.dead_limit)}"
    )
    if status.paused:
        lines.append(f"delivery stands still: {visible(status.paused)}")
    if status.trouble:
        lines.append(visible(status.trouble))
    if status.warning:
        lines.append(f"an accepted event may be lost: {visible(status.warning)}")
    if status.set_aside:
        lines.append(f"a damaged file was set aside: {visible(status.set_aside)}")
    return "\n".join(lines) + "\n"


def status_as_json(status: Status) -> str:
    """How an outbox is, as one JSON object."""
    return json.dumps(msgspec.to_builtins(status), indent=2)


def _shelves(status: Status) -> Mapping[Shelf, Mapping[str, int]]:
    return {Shelf.WAITING: status.waiting, Shelf.DEAD: status.dead, Shelf.FILTERED: status.filtered}


def _counted(shelf: Shelf, count: Mapping[str, int]) -> str:
    kinds = ", ".join(f"{visible(kind)} {number}" for kind, number in sorted(count.items()))
    return f"{shelf:<10}{sum(count.values())}" + (f" ({kinds})" if kinds else "")


def _of(size: int, limit: int) -> str:
    return _size(size) + (f" of {_size(limit)}" if limit else "")


def _size(size: float) -> str:
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.3g} {unit}" if size < 1000 else f"{size:.0f} {unit}"
        size /= 1024
    return f"{size:.3g} GiB"


# -- times --------------------------------------------------------------------


def duration(seconds: float) -> str:
    """The largest unit that says something: "7s", "12m", "26h", "4d"."""
    units = ((86400, "d", 3), (3600, "h", 2), (60, "m", 2), (1, "s", 0))
    return next(f"{int(seconds / unit)}{name}" for unit, name, least in units if seconds >= unit * least)


def moment(wall: float) -> str:
    """Seconds since 1970 as RFC 3339 writes them."""
    return datetime.fromtimestamp(wall, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def many_named(name: str, found: list[Kept]) -> Iterator[str]:
    """What to say where one was meant and there are several."""
    yield f"{len(found)} events have the id {visible(name)}; name one by its ref:"
    yield from (
        f"  {kept.ref}  {kept.event.kind}, {kept.shelf}{': ' if kept.said else ''}{visible(kept.said)}"
        for kept in found
    )
