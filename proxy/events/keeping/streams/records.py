"""An event as Redis keeps it, and read again. Pure.

Its head is read by the scripts too (`HEAD` in `common.lua`): when it was taken,
its size, its fingerprint, its kind and its id. Whoever keeps it writes in front
when it was born, on the clock of ages.
"""

import struct
from collections.abc import Sequence
from typing import Final

from proxy.events.event import Event, Kept, Shelf
from proxy.events.keeping.sqlite.taking import fingerprint, size_of

_HEAD: Final = struct.Struct(">dI16s12s")
_BORN: Final = struct.Struct(">d")
_ATTEMPTS: Final = struct.Struct(">I")


def record_of(event: Event, taken_at: float) -> bytes:
    """An event that was taken at `taken_at`, without its birth."""
    name, content = fingerprint(event)
    kind, id = event.kind.encode(), event.id.encode("utf-8", "surrogatepass")
    return b"".join(
        (
            _HEAD.pack(taken_at, size_of(event), name, content),
            bytes((len(kind),)) + kind,
            _long(id),
            _long(event.digest),
            event.body,
        )
    )


def kept(row: Sequence[bytes], shelf: Shelf, clock: float) -> Kept:
    """An event as the scripts hand it out (`with_all`), with its age at `clock` (the clock of ages)."""
    number, born_and_record, said = row
    (born,) = _BORN.unpack_from(born_and_record)
    at = _BORN.size
    taken_at, _size, _name, _content = _HEAD.unpack_from(born_and_record, at)
    at += _HEAD.size
    end = at + 1 + born_and_record[at]
    kind = born_and_record[at + 1 : end].decode()
    id, end = _read(born_and_record, end)
    digest, end = _read(born_and_record, end)
    return Kept(
        ref=ref_of(number),
        event=Event(kind=kind, id=id.decode("utf-8", "surrogatepass"), body=born_and_record[end:], digest=digest),
        shelf=shelf,
        taken_at=taken_at,
        age=max(0.0, clock - born),
        attempts=_ATTEMPTS.unpack_from(said)[0] if said else 0,
        said=said[_ATTEMPTS.size :].decode(),
    )


def ref_of(number: bytes) -> str:
    """The name of a number. The sign keeps it apart from the ids of senders who count: 17 is not @17."""
    return f"@{number.decode()}"


def number_of(ref: str) -> str:
    """The number of a name; "" where it is none."""
    number = ref.removeprefix("@")
    return number if ref.startswith("@") and number.isascii() and number.isdigit() and len(number) < 17 else ""


def text(said: str) -> bytes:
    """What was said, as it can be kept: half a surrogate pair cannot."""
    return said.encode("utf-8", "replace")


def _long(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value


def _read(record: bytes, at: int) -> tuple[bytes, int]:
    start = at + 4
    end = start + int.from_bytes(record[at:start], "big")
    return record[start:end], end
