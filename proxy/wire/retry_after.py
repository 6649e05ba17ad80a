"""When somebody who is busy wants to be asked again. Pure."""

from email.utils import parsedate_to_datetime


def seconds_of(retry_after: bytes | None, wall: float) -> float | None:
    """A Retry-After as seconds from now: delta-seconds or an HTTP date (RFC 9110, 10.2.3); None where it is neither.

    Args:
        retry_after: the header's value.
        wall: the calendar's now, in seconds since 1970.
    """
    text = (retry_after or b"").decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(text[:10])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - wall)
    except (ValueError, OverflowError):
        return None
