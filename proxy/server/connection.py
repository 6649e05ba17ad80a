"""A shopper's connection: aiohttp's server, with our limits and our manners.

aiohttp reads requests and keeps connections; what differs from its defaults
stands here. What it refuses by itself (what is not HTTP, what is too long) is
answered without naming us or our versions. While a worker drains,
`request.keep_alive` is False, and with it every answer says `Connection: close`.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import cached_property
from heapq import nsmallest
from http import HTTPStatus
from typing import Any, Final

import aiohttp
import msgspec
from aiohttp import http_exceptions, http_parser, web
from aiohttp.http import RawRequestMessage, StreamWriter
from aiohttp.streams import EMPTY_PAYLOAD, StreamReader
from aiohttp.web_protocol import ERROR, PayloadAccessError

from proxy.errors import SettingsTrouble
from proxy.sent import Sent

_log = logging.getLogger(__name__)

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

# Targets of 8 kB and cookies of 16 kB are real; ten times as much is an attack.
_LONGEST_LINE: Final = 16 * 1024
_LONGEST_FIELD: Final = 32 * 1024
_MOST_HEADERS: Final = 128
# What is overridden here is aiohttp's inside, which another minor version may spell otherwise.
_OLDEST_AIOHTTP: Final = (3, 14, 3)
_NO_AIOHTTP_YET: Final = (3, 15)


class Request(web.BaseRequest):
    """aiohttp's request; `keep_alive` also asks whether the worker stays.

    Its own `__init__` also makes a writer and looks up where both ends are, which hardly any request needs: here these
    are made for who asks.
    """

    _client_max_size = 1024**2
    _client_max_fields = 1000

    def __init__(self, message: RawRequestMessage, payload: StreamReader, connection: "Connection") -> None:
        self._message = message
        self._payload = payload
        self._protocol = connection
        self._headers = message.headers
        self._method = message.method
        self._version = message.version
        self._rel_url = message.url
        self._cache = {}
        self._state = {}

    @cached_property
    def _payload_writer(self) -> StreamWriter:  # type: ignore[override]
        return StreamWriter(self._protocol, self._protocol._loop)

    @property
    def _loop(self) -> asyncio.AbstractEventLoop:  # type: ignore[override]
        return self._protocol._loop

    @property
    def _transport_peername(self) -> Any:  # type: ignore[override]
        return self._protocol.peername

    @property
    def _transport_sockname(self) -> Any:  # type: ignore[override]
        return self._protocol.sockname

    @property
    def _transport_sslcontext(self) -> Any:  # type: ignore[override]
        return self._protocol.ssl_context

    @property
    def keep_alive(self) -> bool:
        server: Any = self._protocol._manager
        return not (self._message.should_close or (server is not None and server.draining))


class Connection(web.RequestHandler):
    """aiohttp's connection; all its requests are answered in one task, and refusals have no word about us."""

    __slots__ = ()

    async def start(self) -> None:
        """Answer one request after another.

        As aiohttp's own `start`, which gives each request a task, and with it context variables of its own: we have
        none, and a task more costs two turns of the loop.
        """
        while not self._force_close:
            if not self._messages:
                self._waiter = self._loop.create_future()
                try:
                    await self._waiter
                finally:
                    self._waiter = None
            message, payload = self._took_one()
            try:
                stays = await self._serve(message, payload)
            except asyncio.CancelledError:
                self.force_close()
                raise
            except Exception:
                _log.exception("a mistake of ours")
                self.force_close()
                return
            if not stays:
                break
            self._idle_from_now()
        if not self._force_close:
            self._task_handler = None
            if self.transport is not None:
                self.transport.close()

    def _took_one(self) -> tuple[Any, StreamReader]:
        """The next request leaves the queue: what was held back because of a full one may come."""
        taken = self._messages.popleft()
        if self._parser is not None:
            self._parser.message_consumed()
        if self._buffer_paused and len(self._messages) <= self._msg_queue_resume_size:
            self._resume_reading_if_drained()
        return taken

    async def _serve(self, message: Any, payload: StreamReader) -> bool:
        """Answer a request; whether the connection stays."""
        server: Any = self._manager
        server.requests_count += 1
        handler: Handler = server.request_handler
        if not isinstance(message, RawRequestMessage):  # what was wrong with what came
            handler, message = self._make_error_handler(message), ERROR
        self._current_request = request = Request(message, payload, self)
        self._request_in_progress = True
        try:
            try:
                answer = await handler(request)
            except Exception as trouble:
                answer = self.handle_error(request, 500, trouble)
            finally:
                self._current_request = None
            if server.answered is not None:
                server.answered(answer.status)
            if not isinstance(answer, Sent) or self._upgraded:
                # What is still to be written; or an upgrade was declined, and what came behind it is read as HTTP.
                answer, gone = await self.finish_response(request, answer, None)
                if gone:
                    return False
        except ConnectionError:
            return False
        finally:
            self._request_in_progress = False
            if self._handler_waiter is not None:  # who shuts the server down
                self._handler_waiter.set_result(None)
        self._keepalive = bool(answer.keep_alive)
        if payload is not EMPTY_PAYLOAD:
            await self._let_go_of(payload)
        return self._keepalive and not self._close and not self._force_close

    async def _let_go_of(self, payload: StreamReader) -> None:
        """Read on for a while what nobody wanted: a sender that is cut off while it sends may never read the answer."""
        if not payload.is_eof() and not self._force_close:
            try:
                async with asyncio.timeout(self._lingering_time):
                    while not payload.is_eof():
                        await payload.readany()
            except TimeoutError:
                self.close()
        payload.set_exception(PayloadAccessError())

    def _idle_from_now(self) -> None:
        loop = self._loop
        self._next_keepalive_close_time = until = loop.time() + self._keepalive_timeout
        if self._keepalive_handle is None:
            self._keepalive_handle = loop.call_at(until, self._process_keepalive)

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
        answered: is told the status of each answer.
    """

    def __init__(self, handler: Handler, keep_alive: float, answered: Callable[[int], None] | None = None) -> None:
        super().__init__(handler, handler_cancellation=True)
        self.answered = answered
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
    """The framing of requests is aiohttp's C parser's: another version, or the one in Python, is not what was tried.

    Raises:
        SettingsTrouble: it is another one.
    """
    version = tuple(int(part) for part in aiohttp.__version__.split(".")[:3] if part.isdigit())
    if not _OLDEST_AIOHTTP <= version < _NO_AIOHTTP_YET:
        raise SettingsTrouble(f"aiohttp is {aiohttp.__version__}; install the latest 3.14, as the lock file does")
    if "_http_parser" not in http_parser.HttpRequestParser.__module__:
        raise SettingsTrouble("aiohttp runs without its C parser; install its wheel, and unset AIOHTTP_NO_EXTENSIONS")
