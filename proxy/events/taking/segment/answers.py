"""What Segment's senders are told, as ready bytes. Pure.

A success is a 200 with JSON and nothing else: one of the senders takes no other
status for it. A refusal has a `code` and a `message`; the senders come again
after 429 and 5xx, and never after 400, 401 and 413.
"""

from http import HTTPStatus
from typing import Final

import msgspec

from proxy.events.taking.replies import Told, in_json
from proxy.topsort.errors import read_error

TAKEN: Final = in_json(HTTPStatus.OK, b'{"success":true}')


class _Refused(msgspec.Struct):
    code: str
    message: str
    success: bool = False


def refused(status: int, code: str, message: str, lines: bytes = b"") -> Told:
    """A refusal.

    Args:
        status: the status code.
        code: one word for programs.
        message: a sentence for people; it never repeats what was sent.
        lines: further header lines.
    """
    return in_json(status, msgspec.json.encode(_Refused(code, message)), lines)


def spelled(why: str, told: Told) -> Told:
    """A refusal of those that all events have, as Segment's senders read it."""
    error = read_error(told.body)
    if error is None or not error.err_code or error.message is None:
        return told
    return refused(told.status, "unavailable" if told.status >= 500 else why, error.message, told.lines)


# No WWW-Authenticate: a browser would ask its user for a name and a password.
UNKNOWN_KEY: Final = refused(401, "key", "the write key is none of those that are taken here")
NOT_SIGNED: Final = refused(401, "signature", "X-Signature is not that of this body under the secret that is kept here")
NO_FILE: Final = refused(503, "unavailable", "events cannot be proved now; please try again", b"Retry-After: 10\r\n")
