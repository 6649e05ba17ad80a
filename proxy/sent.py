"""An answer that was written already, as ready bytes: what aiohttp is told then.

Pages and events write their answers straight to the sender's transport, so that
no header is built twice (docs/decisions/0003). aiohttp's server only has to know
that it happened, and whether the connection stays.
"""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from aiohttp import web

_CLOSE: Final = b"Connection: close\r\n\r\n"
_STAYS: Final = b"Connection: keep-alive\r\n\r\n"


class Sent:
    """Tells aiohttp that the answer was written already, and whether the connection stays.

    It has the four names that `RequestHandler.finish_response` and `.start` use of a `StreamResponse`.
    """

    __slots__ = ("keep_alive", "status")

    def __init__(self, status: int, keep_alive: bool) -> None:
        self.status = status
        self.keep_alive = keep_alive

    async def prepare(self, request: "web.BaseRequest") -> None:
        """Nothing is left to prepare."""

    async def write_eof(self) -> None:
        """Nothing is left to write."""


def end_of_head(keep: bool, modern: bool) -> bytes:
    """What ends a head: whether the connection stays, where its version does not say so by itself, and the empty line.

    Args:
        keep: whether the connection stays.
        modern: whether the sender speaks HTTP/1.1, which keeps connections by itself.
    """
    if modern:
        return b"\r\n" if keep else _CLOSE
    return _STAYS if keep else _CLOSE
