"""What a request's body says at a path, however deep it hides it. Pure.

A body is read as what it is, whatever its Content-Type says: JSON, or several
lines of JSON, which are a list of them (`ask.py`). A request without a body is
read by its query, as GraphQL over HTTP has it. And where a path goes on into a
text, the text is read: as JSON, as JSON in base64 (both hide in the URLs of
GraphQL clients), else as a url-encoded form (Algolia's `params`).

Looking never fails. It costs what the path walks over, and ends with the first
value that is asked for.
"""

import re
from base64 import b64decode
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from proxy.ask import MISSING, Ask, read_form
from proxy.rules.selector import Every, Step, taken

# What a `{"`, a `{ ` or a `{}` begins with in base64.
_OBJECT_IN_BASE64: Final = re.compile(r"e[w-z][A-Za-z0-9+/_-]*={0,2}")


class Place(NamedTuple):
    """One listing among those of its answer: the element `n`, from 0, of so many."""

    n: int
    of: int


def values_at(steps: Sequence[Step], ask: Ask, place: Place | None = None) -> Iterator[object]:
    """The values at a path of a request, one after the other.

    Args:
        steps: the path.
        ask: the request.
        place: of the listing it is for: the first `[*]` over a list then means that listing's own element.
    """
    body: object = ask.json
    if body is MISSING and not ask.body:
        body = ask.query
    return _walk(body, steps, 0, place)


def _walk(value: object, steps: Sequence[Step], at: int, place: Place | None) -> Iterator[object]:
    if at == len(steps):
        yield value
        return
    step = steps[at]
    if isinstance(value, str):
        value = _read(value)
    inside = taken(step, value)
    if place and isinstance(step, Every) and isinstance(value, list):
        inside, place = _own(value, place), None
    for each in inside:
        yield from _walk(each, steps, at + 1, place)


def _own(values: Sequence[object], place: Place) -> Sequence[object]:
    """The element of a list that belongs to a listing; of Elasticsearch's `_msearch` the two lines of its search.

    A list that cannot be dealt out evenly belongs to no listing: better no words than those of another search.
    """
    each, left = divmod(len(values), place.of)
    return values[place.n * each : (place.n + 1) * each] if not left else ()


def _read(text: str) -> object:
    """What stands inside a text."""
    if text[:1] in ("{", "["):
        return _decoded(text)
    if _OBJECT_IN_BASE64.fullmatch(text):
        try:
            return _decoded(b64decode(text + "==", b"-_" if "-" in text or "_" in text else None))
        except ValueError:
            return MISSING
    return read_form(text) if "=" in text else MISSING


def _decoded(text: str | bytes) -> object:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return MISSING
