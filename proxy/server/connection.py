"""A shopper's connection: aiohttp's server, with our limits and our manners.

aiohttp reads requests and keeps connections; what differs from its defaults
stands here. What it refuses by itself (what is not HTTP, what is too long) is
answered without naming us or our versions. While a worker drains,
`request.keep_alive` is False, and with it every answer says `Connection: close`.
"""

import logging
from collections.abc import Awaitable, Callable
from heapq import nsmallest
from http import HTTPStatus
from typing import Any, Final

import aiohttp
import msgspec
from aiohttp import http_exceptions, http_parser, web

from proxy.errors import SettingsTrouble

_log = logging.getLogger(__name__)

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

# Targets of 8 kB and cookies of 16 kB are real; ten times as much is an attack.
_LONGEST_LINE: Final = 16 * 1024
_LONGEST_FIELD: Final = 32 * 1024
_MOST_HEADERS: Final = 128
_OLDEST_AIOHTTP: Final = (3, 14, 3)


class Request(web.BaseRequest):
    """aiohttp's request; `keep_alive` also asks whether the worker stays."""

    @property
    def keep_alive(self) -> bool:
        server: Any = self.protocol._manager
        return not self._message.should_close and not (server is not None and server.draining)


class Connection(web.RequestHandler):
    """aiohttp's connection; refuses without a word about us."""

    __slots__ = ()

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """The answer to what is not HTTP, or to a mistake of ours that nobody caught; then the connection ends."""
        if isinstance(exc, http_exceptions.HttpProcessingError):
            _log.debug("refused: %s", type(exc).__name__)
        else:
            _log.error("a mistake of ours", exc_info=exc)
        if request.writer.output_size > 0:
            raise ConnectionError("the answer has begun; all that is left is to break it off")
        if isinstance(exc, http_exceptions.LineTooLong):
            status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        return _Refusal(status)


class _Refusal(web.Response):
    def __init__(self, status: int) -> None:
        problem = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": int(status)}
        headers = {"Content-Type": "application/problem+json", "Connection": "close"}
        super().__init__(status=status, body=msgspec.json.encode(problem), headers=headers)
        self.force_close()

    async def _prepare_headers(self) -> None:
        await super()._prepare_headers()
        self.headers.popall("Server", None)


class Server(web.Server):
    """All connections of a worker. `draining` set, each one ends with its next answer.

    Args:
        handler: answers a request.
        keep_alive: seconds that an idle connection stays; also bounds a head that drips in.
    """

    def __init__(self, handler: Handler, keep_alive: float) -> None:
        super().__init__(handler, request_factory=self._request, handler_cancellation=True)
        self.draining = False
        self._options: dict[str, Any] = {
            "keepalive_timeout": keep_alive,
            "max_line_size": _LONGEST_LINE,
            "max_field_size": _LONGEST_FIELD,
            "max_headers": _MOST_HEADERS,
            "auto_decompress": False,
            "access_log": None,
        }

    def __call__(self) -> Connection:
        return Connection(self, loop=self._loop, **self._options)

    def _request(self, message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> Request:
        return Request(message, payload, protocol, writer, task, self._loop)

    def make_room(self) -> None:
        """Close the hundredth part that has been idle longest, so that idle connections never keep a shopper out."""
        idle = [connection for connection in self.connections if is_idle(connection)]
        for connection in nsmallest(len(self.connections) // 100 + 1, idle, key=_idle_since):
            connection.force_close()

    def close_idle(self) -> None:
        """Close the connections on which nothing is under way."""
        for connection in self.connections:
            if is_idle(connection):
                connection.force_close()


def _idle_since(connection: web.RequestHandler) -> float:
    """aiohttp's own note of when an idle connection's time is over: earliest where it has been idle longest."""
    return connection._next_keepalive_close_time


def is_idle(connection: web.RequestHandler) -> bool:
    """Whether it waits for a request."""
    return connection._current_request is None and connection._waiter is not None and not connection._messages


def assert_aiohttp() -> None:
    """The framing of requests is aiohttp's C parser's: an older one, or the one in Python, is not what was tried.

    Raises:
        SettingsTrouble: it is another one.
    """
    version = tuple(int(part) for part in aiohttp.__version__.split(".")[:3] if part.isdigit())
    if version < _OLDEST_AIOHTTP:
        raise SettingsTrouble(f"aiohttp is {aiohttp.__version__}; install 3.14.3 or later, as the lock file says")
    if "_http_parser" not in http_parser.HttpRequestParser.__module__:
        raise SettingsTrouble("aiohttp runs without its C parser; install its wheel, and unset AIOHTTP_NO_EXTENSIONS")
