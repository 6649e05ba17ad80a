"""The admin address: probes, metrics, and a page for people. Served by the parent.

On an address of its own and never on the shoppers': there these paths belong
to the marketplace. Beyond this machine a token is asked for, but not of
probes. Nothing here changes anything.
"""

import hmac
import ipaddress
import socket
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from aiohttp import web

from proxy.ops import exposition, start_page
from proxy.ops.exposition import House
from proxy.ops.metrics import Tally
from proxy.search.visit import Visit

_Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Watched(Protocol):
    """What is shown; the supervisor is it."""

    @property
    def is_ready(self) -> bool: ...

    def house(self) -> House: ...

    async def tally(self) -> Tally: ...

    def visits(self) -> Sequence[Visit]: ...


class Admin:
    """The admin address.

    Args:
        watched: what to show.
        listener: a listening socket, owned from now on.
        token: asked for where it is not None; without one, only who names this machine is answered.
    """

    def __init__(self, watched: Watched, listener: socket.socket, token: str | None) -> None:
        self._watched = watched
        self._listener = listener
        self._token = token
        app = web.Application()
        app.router.add_get("/healthz", self._health)
        app.router.add_get("/readyz", self._ready)
        app.router.add_get("/metrics", self._guarded(self._metrics))
        app.router.add_get("/", self._guarded(self._page))
        app.on_response_prepare.append(_without_our_name)
        self._runner = web.AppRunner(app, access_log=None, keepalive_timeout=30.0, shutdown_timeout=1.0)

    @property
    def address(self) -> str:
        """Host and port."""
        host, port = self._listener.getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    async def start(self) -> None:
        """Answer from now on."""
        await self._runner.setup()
        await web.SockSite(self._runner, self._listener).start()

    async def close(self) -> None:
        """Answer no more."""
        await self._runner.cleanup()

    def _guarded(self, answer: _Answer) -> _Answer:
        async def answer_if_allowed(request: web.Request) -> web.StreamResponse:
            if self._token is None:
                # A page of another site may point its own name at this machine (DNS rebinding) and read along.
                if not _names_a_machine(request.host):
                    raise web.HTTPForbidden(text="Ask by address or as localhost, or set --admin-token.\n")
            elif not hmac.compare_digest(_token_in(request).encode(), self._token.encode()):
                raise web.HTTPUnauthorized(headers={"WWW-Authenticate": 'Basic realm="admin", Bearer realm="admin"'})
            return await answer(request)

        return answer_if_allowed

    async def _health(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text="ok\n")

    async def _ready(self, request: web.Request) -> web.StreamResponse:
        house, ready = self._watched.house(), self._watched.is_ready
        body = {
            "ready": ready,
            "draining": house.draining,
            "book": house.book,
            "generation": house.generation,
            "workers": {"serving": house.workers_serving, "wanted": house.workers_wanted},
            "problems": list(house.problems),
        }
        return web.json_response(body, status=200 if ready else 503)

    async def _metrics(self, request: web.Request) -> web.StreamResponse:
        body = exposition.render(await self._watched.tally(), self._watched.house())
        return web.Response(body=body, headers={"Content-Type": exposition.CONTENT_TYPE})

    async def _page(self, request: web.Request) -> web.StreamResponse:
        html = start_page.render(self._watched.house(), await self._watched.tally(), self._watched.visits())
        headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}
        return web.Response(text=html, content_type="text/html", headers=headers)


def _token_in(request: web.Request) -> str:
    """The token as a program sends it (Bearer), or as a browser asks for it (the password of Basic)."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return value.strip() if scheme.lower() == "bearer" else ""
    try:
        return b64decode(value.strip(), validate=True).decode("utf-8", "replace").partition(":")[2]
    except (NotBase64, ValueError):
        return ""


def _names_a_machine(host: str) -> bool:
    name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
    try:
        return name.lower() == "localhost" or bool(ipaddress.ip_address(name.strip("[]")))
    except ValueError:
        return False


async def _without_our_name(request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Cache-Control"] = "no-store"
    response.headers.popall("Server", None)
