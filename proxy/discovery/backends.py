"""Which search backend answered: the marks by which each is known. Pure.

A backend must have its shape, the place of its result array, and besides at
least one mark of its own: a field that only it sends, its path, its headers.
Shapes alone are worn by many. What a preset then says, and whether it fits the
sample, is not for this file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from proxy.discovery.marks import BACKENDS, Marks
from proxy.discovery.request import Request
from proxy.rules.selector import Selector

ENOUGH: Final = 2
"""Points besides the shape."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A backend whose marks are there: its preset, its points, and the marks in words."""

    preset: str
    points: int
    because: tuple[str, ...]


def recognise(value: object, request: Request | None) -> list[Recognised]:
    """The backends whose marks are there, the likeliest first; of equal ones, the order of `BACKENDS`."""
    found = [each for marks in BACKENDS if (each := _judged(marks, value, request)) and each.points >= ENOUGH]
    return sorted(found, key=lambda each: -each.points)


def _judged(marks: Marks, value: object, request: Request | None) -> Recognised | None:
    if not any(_is_there(value, shape) for shape in marks.shapes):
        return None
    in_answer = [field for field in marks.fields if _is_there(value, field)]
    because = [f"{_listed([_key(field) for field in in_answer])} in the response"] if in_answer else []
    points = len(in_answer)
    if request is not None:
        for more, why in _of_request(marks, request):
            points += more
            because.append(why)
    return Recognised(marks.preset, points, tuple(because))


def _key(place: str) -> str:
    """The last key of a place."""
    return re.split(r"[.\]]", place.partition(" ~ ")[0])[-1]


def _listed(keys: list[str]) -> str:
    return ", ".join(dict.fromkeys(keys[:4]))


def _of_request(marks: Marks, request: Request) -> Iterator[tuple[int, str]]:
    ask = request.ask
    if marks.path and re.search(marks.path, ask.path):
        yield 2, f"the path {ask.path}"
    if marks.host and re.search(marks.host, request.host):
        yield 2, f"the host {request.host}"
    header = next((name for name in marks.headers if _has_header(request, name)), None)
    if header:
        yield 2, f"the header {header}"
    if marks.query and ask.query.get(marks.query[0]) == marks.query[1]:
        yield 1, f"{'='.join(marks.query)} in the request"
    for place in marks.body:
        if _is_there(ask.json, place):
            yield 1, f"{place} in the request"


def _has_header(request: Request, wanted: str) -> bool:
    names = [name.lower() for name, _ in request.headers]
    # Browsers put some of these into the query, where no preflight is needed.
    names += [name.lower() for name in request.ask.query]
    return any(name.startswith(wanted[:-1]) if wanted.endswith("*") else name == wanted for name in names)


def _is_there(value: object, place: str) -> bool:
    """Whether a place is in a JSON value, and what stands there matches the pattern behind a ` ~ `."""
    path, _, pattern = place.partition(" ~ ")
    found = _SELECTORS[path].find(value)
    if not pattern:
        return bool(found)
    return any(isinstance(each, str) and re.fullmatch(pattern, each) for each in found[:20])


_SELECTORS: Final = {
    path: Selector.parse(path)
    for marks in BACKENDS
    for path in (place.partition(" ~ ")[0] for place in (*marks.shapes, *marks.fields, *marks.body))
}
