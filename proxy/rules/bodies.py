"""What a request's body says at a path, however deep it hides it. Pure.

A body is read as what it is, whatever its Content-Type says: JSON, or several
lines of JSON, which are a list of them (`ask.py`). A request without a body is
read by its query, as GraphQL over HTTP has it. And where a path goes on into a
text, the text is read: as JSON, as JSON in base64 (both hide in the URLs of
GraphQL clients), else as a url-encoded form (Algolia's `params`).

Looking never fails, and ends with the first value that is asked for. Anybody
may send a body of a hundred thousand searches, so a look goes no further than
people's requests do; what lies beyond is not there.
"""

import re
from base64 import b64decode
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec

from proxy.ask import MISSING, Ask, read_form
from proxy.rules.selector import Every, Step, taken

# Elements that one look walks over. To read a text takes as long as ten of them, and one more for each 16 characters.
FURTHEST: Final = 2_000
_A_TEXT: Final = 10
_CHARACTERS: Final = 16

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
    return _Look(steps).into(body, 0, place)


class _Look:
    """One look along a path."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = steps
        self._left = FURTHEST

    def into(self, value: object, at: int, place: Place | None) -> Iterator[object]:
        if at == len(self._steps):
            yield value
            return
        step = self._steps[at]
        if isinstance(value, str):
            value = self._inside(value)
        found = taken(step, value)
        if place and isinstance(step, Every) and isinstance(value, list):
            found, place = _own(value, place), None
        for each in found:
            self._left -= 1
            if self._left < 0:
                return
            yield from self.into(each, at + 1, place)

    def _inside(self, text: str) -> object:
        self._left -= _A_TEXT + len(text) // _CHARACTERS
        return _read(text) if self._left >= 0 else MISSING


def _own(values: Sequence[object], place: Place) -> Sequence[object]:
    """The element of a list that belongs to a listing; of Elasticsearch's `_msearch` the two lines of its search.

    A list that cannot be dealt out evenly belongs to no listing: better no words than those of another search.
    """
    each, left = divmod(len(values), place.of)
    return values[place.n * each : (place.n + 1) * each] if not left else ()


# All sources of a rule that go through a text read it one after the other.
@lru_cache(maxsize=64)
def _read(text: str) -> object:
    """What stands inside a text; nobody changes it."""
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
