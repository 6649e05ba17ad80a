"""Moments as an event gives them: RFC 3339 with its offset from UTC. Pure.

Python's own reader takes more than RFC 3339 does (week dates, no offset, commas)
and refuses the leap second that RFC 3339 has; here is exactly the RFC's
`date-time` (section 5.6), in either case of T and Z.
"""

import re
from datetime import datetime
from typing import Final

_SHAPE: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt]([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(\.\d+)?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
_FINEST: Final = 7
"""The point and six digits: what a `datetime` can hold."""


def read_moment(text: str) -> datetime | None:
    """The moment that `text` names, to the microsecond (a leap second: the one before it), or None."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        return None
    date, hour, minute, second, fraction, offset = found.groups()
    second = "59" if second == "60" else second
    try:
        return datetime.fromisoformat(f"{date}T{hour}:{minute}:{second}{(fraction or '')[:_FINEST]}{offset.upper()}")
    except ValueError:  # the 30th of February, the year 0
        return None
