"""An ad platform that takes events by the vendor's contract: a real server on port 0 that can be told to fail.

    async with EventPlatform() as platform:
        platform.poison("e7")                    # a request with this event is a 400, and nothing of it is stored
        platform.next(fails(500), fails(429, retry_after="7"))
        platform.always(says_page)
        platform.stored["impressions"]           # by id, as received last

Nothing of a refused request is stored; an event with a known id is stored once.
"""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

KEY = "TSE_canary"


@dataclass(frozen=True)
class Call:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def ids(self) -> list[str]:
        value = json.loads(self.body)
        if self.path == "/v1/events":
            return [value.get("id", "")]
        return [event["id"] for events in value.values() for event in events]


Reply = Callable[[web.Request, "EventPlatform"], Awaitable[web.StreamResponse]]


class EventPlatform:
    """One platform. `held` is set while it answers; a test clears it to keep calls under way."""

    def __init__(self, ssl: Any = None) -> None:
        self.calls: list[Call] = []
        self.stored: dict[str, dict[str, bytes]] = {}
        self.received = 0
        self.key = KEY
        self.refuses_with = 400
        self.held = asyncio.Event()
        self.held.set()
        self.under_way = self.most_under_way = 0
        self._poison: set[str] = set()
        self._next: deque[Reply] = deque()
        self._always: Reply | None = None
        self._ssl = ssl

    async def __aenter__(self) -> "EventPlatform":
        app = web.Application(client_max_size=1 << 30)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self._ssl)
        await site.start()
        self.port: int = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.held.set()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}" if self._ssl else f"http://127.0.0.1:{self.port}"

    # -- what a test tells it -------------------------------------------------

    def poison(self, *ids: str) -> None:
        """Requests with one of these are refused."""
        self._poison |= set(ids)

    def mend(self, *ids: str) -> None:
        self._poison -= set(ids)

    def next(self, *replies: Reply) -> None:
        """The next requests are answered so."""
        self._next += replies

    def always(self, reply: Reply | None) -> None:
        """All requests are answered so; None: by the contract again."""
        self._always = reply

    @property
    def ids(self) -> set[str]:
        """All events that it has."""
        return {id for events in self.stored.values() for id in events}

    # -- the platform ---------------------------------------------------------

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.calls.append(Call(request.path, {name.lower(): one for name, one in request.headers.items()}, body))
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await self.held.wait()
            if self._next:
                return await self._next.popleft()(request, self)
            if self._always is not None:
                return await self._always(request, self)
            return await takes(request, self)
        finally:
            self.under_way -= 1

    def refusal_of(self, call: Call) -> web.Response | None:
        if call.headers.get("authorization") != f"Bearer {self.key}":
            return error(401, "invalid_api_key", "the API key is wrong")
        bad = [id for id in call.ids if id in self._poison]
        return error(self.refuses_with, "bad_request", f"{bad[0]} is no good") if bad else None

    def store(self, call: Call) -> None:
        value = json.loads(call.body)
        if call.path == "/v1/events":
            value = {"v1": [value]}
        for kind, events in value.items():
            for event in events:
                self.received += 1
                place = event.get("id") or f"without-{self.received}"
                self.stored.setdefault(kind, {})[place] = json.dumps(event).encode()


def error(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"errCode": code, "message": message, "docUrl": "https://docs.example"}, status=status)


async def takes(request: web.Request, platform: EventPlatform) -> web.StreamResponse:
    """By the contract."""
    call = Call(request.path, {name.lower(): one for name, one in request.headers.items()}, await request.read())
    if (refusal := platform.refusal_of(call)) is not None:
        return refusal
    platform.store(call)
    if request.path == "/v1/events":
        return web.json_response({"clickId": "c-1", "id": call.ids[0]})
    return web.Response(status=204)


def fails(
    status: int, retry_after: str | None = None, body: bytes = b"", content_type: str = "application/json"
) -> Reply:
    """This status, whatever was asked."""

    async def reply(request: web.Request, platform: EventPlatform) -> web.StreamResponse:
        headers = {"Retry-After": retry_after} if retry_after is not None else {}
        return web.Response(status=status, headers=headers, body=body, content_type=content_type)

    return reply


def leads_to(status: int, url: str) -> Reply:
    """A redirect."""

    async def reply(request: web.Request, platform: EventPlatform) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": url})

    return reply


async def shows_a_page(request: web.Request, platform: EventPlatform) -> web.StreamResponse:
    """A captive portal's."""
    return web.Response(text="<html>Please log in</html>", content_type="text/html")


async def takes_and_closes(request: web.Request, platform: EventPlatform) -> web.StreamResponse:
    """It has the events, and nobody hears of it."""
    await takes(request, platform)
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def takes_and_hangs(request: web.Request, platform: EventPlatform) -> web.StreamResponse:
    """It has the events, and its answer never comes."""
    await takes(request, platform)
    return await hangs(request, platform)


async def closes(request: web.Request, platform: EventPlatform) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def hangs(request: web.Request, platform: EventPlatform) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError
