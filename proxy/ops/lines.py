"""How a log line is written: as text for people, as JSON for machines.

One line is one line: no value of a shopper's can end it, or look like the
beginning of another.
"""

import json
import re
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec

from proxy.search.visit import Visit

Fields = Mapping[str, object]

LONGEST_VALUE: Final = 4000
_UNNAMED: Final = frozenset({"level", "message", "traceback"})
_BARE: Final = re.compile(r"[!#-<>-\[\]-~]+")  # printable ASCII without space, quote, = and backslash


def visit_as_text(stamp: str, visit: Visit) -> str:
    """The wide line. The path is without its query: what shoppers type stays out of logs.

    There is one for every visit, so it is one format; only what comes from outside needs a check.
    """
    more = f" arm={visit.arm}" if visit.arm else ""
    if visit.cache:
        more += f" cache={visit.cache}"
    if visit.banners:
        more += f" banners={visit.banners}"
    if visit.fetched:
        more += f" fetched={visit.fetched}"
    if visit.detail:
        more += f" detail={_value(visit.detail)}"
    return (
        f"{stamp} page={visit.page} reason={visit.reason} winners={visit.winners} status={visit.status}"
        f" upstream_ms={visit.upstream_ms:.1f} ads_ms={visit.ads_ms:.1f} proxy_ms={visit.proxy_ms:.1f}"
        f" book={visit.book} visit={visit.id} method={_value(visit.method)} path={_value(_path(visit))}{more}"
    )


def visit_as_json(stamp: str, visit: Visit) -> str:
    """The wide line as one JSON object."""
    fields = {
        "time": stamp,
        "page": visit.page,
        "reason": visit.reason,
        "winners": visit.winners,
        "status": visit.status,
        "upstream_ms": round(visit.upstream_ms, 1),
        "ads_ms": round(visit.ads_ms, 1),
        "proxy_ms": round(visit.proxy_ms, 1),
        "book": visit.book,
        "visit": visit.id,
        "method": visit.method,
        "path": _short(_path(visit)),
    }
    fields |= {"arm": visit.arm} if visit.arm else {}
    fields |= {"cache": visit.cache} if visit.cache else {}
    fields |= {"banners": visit.banners} if visit.banners else {}
    fields |= {"fetched": visit.fetched} if visit.fetched else {}
    fields |= {"detail": _short(visit.detail)} if visit.detail else {}
    return _as_json(fields)


def said_as_text(stamp: str, fields: Fields) -> str:
    """`time level message name=value`. No further line, of the message or a traceback, can be taken for another's."""
    first, *more = str(fields["message"]).splitlines() or [""]
    named = [f"{name}={_value(value)}" for name, value in fields.items() if name not in _UNNAMED]
    more += str(fields.get("traceback", "")).splitlines()
    return " ".join((stamp, str(fields["level"]), _one_line(first), *named)) + "".join(
        [f"\n  | {_one_line(line)}" for line in more]
    )


def said_as_json(stamp: str, fields: Fields) -> str:
    """One JSON object."""
    return _as_json({"time": stamp, **{name: _short(value) for name, value in fields.items()}})


def _as_json(fields: Fields) -> str:
    return msgspec.json.encode(fields, enc_hook=str).decode()


def _path(visit: Visit) -> str:
    return visit.path.partition("?")[0]


def _value(value: object) -> str:
    text = _short(str(value))
    return text if _BARE.fullmatch(text) else json.dumps(text)


def _short(value: Any) -> Any:
    return value[:LONGEST_VALUE] + "…" if isinstance(value, str) and len(value) > LONGEST_VALUE else value


def _one_line(text: str) -> str:
    """The text with whatever could end a line, or move a terminal's cursor, made visible."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


@lru_cache(maxsize=2)
def _second(when: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(when))


def stamp(when: float) -> str:
    return f"{_second(int(when))}.{int(when % 1 * 1000):03d}Z"


FORMATS: Final = {"text": (visit_as_text, said_as_text), "json": (visit_as_json, said_as_json)}
