"""The values of an object as they lie in a body, found by address and proved by what stands between them. Pure.

A decoder keeps of a key that stands twice the last value, in silence. So it is
not enough to know where the values are: before each there must be the head of
one member and nothing else, and behind the last the object's end. Then no
member is missing, and the object has no key twice.
"""

import re
from collections.abc import Sequence
from typing import Final

from msgspec import Raw

from proxy.search.lossless.scan import Span
from proxy.search.lossless.whereabouts import Whereabouts

_KEY: Final = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"[ \t\n\r]*+:[ \t\n\r]*+'
_FIRST: Final = re.compile(rb"\{[ \t\n\r]*+" + _KEY, re.DOTALL)
_NEXT: Final = re.compile(rb"[ \t\n\r]*+,[ \t\n\r]*+" + _KEY, re.DOTALL)
_LAST: Final = re.compile(rb"[ \t\n\r]*+\}")


def laid_values(whole: Raw, values: Sequence[Raw], body: bytes, where: Whereabouts) -> Span | None:
    """From the first value's first byte to the one behind the last's; None where it is not proved, or there is none.

    Args:
        whole: the object.
        values: of each of its keys, in order.
        body: where both are pieces of.
        where: knows their places in it.
    """
    place = where.place(whole)
    if place is None or not values:
        return None
    begin, end = place[0], sum(place)
    at, start, head = begin, begin, _FIRST
    for n, value in enumerate(values):
        found = where.place(value)
        if found is None or not head.fullmatch(body, at, found[0]):
            return None
        start = start if n else found[0]
        at, head = sum(found), _NEXT
    return Span(start, at) if _LAST.fullmatch(body, at, end) else None
