"""One process that serves: its app, its door, its drain.

Started by the supervisor only, as `python -m proxy.server.worker LISTENER
CONTROL APP`: two inherited descriptors and where the app is found. Everything
else, the key too, comes over the control channel. When the channel ends, the
parent is dead, and the worker drains and goes.
"""

import asyncio
import gc
import importlib
import logging
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final, Protocol

import msgspec
import uvloop
from aiohttp import web

from proxy.clock import Clock, SystemClock
from proxy.ops.logs import Logs
from proxy.ops.metrics import Metrics
from proxy.search.plans import Plans
from proxy.search.visit import Visit, Watch
from proxy.server import control, lookout, read_settings, tls
from proxy.server.connection import Server, is_idle
from proxy.server.control import Channel
from proxy.server.door import Door
from proxy.server.rhythm import every
from proxy.server.settings import Settings
from proxy.server.system import raise_file_limit

_log = logging.getLogger(__name__)

_NEWS_SECONDS: Final = 1.0
_SWEEP_SECONDS: Final = 5.0
# A keep-alive client that is busy sends its next request sooner, and learns from the answer that we go.
_IDLE_GRACE_SECONDS: Final = 1.0
_DRAIN_LOOK_SECONDS: Final = 0.02
_VISITS_KEPT: Final = 20
# Connections to the marketplace and the ad platform, and what a process has open anyway.
_OTHER_FILES: Final = 1024
_encode: Final = msgspec.msgpack.Encoder().encode


class App(Protocol):
    """What a worker runs; `proxy.server.app.App` is it."""

    live: Any

    def __init__(self, settings: Settings, clock: Clock, watch: Watch) -> None: ...

    async def start(self) -> None: ...

    def handler(self, request: web.BaseRequest) -> Coroutine[Any, Any, web.StreamResponse]: ...

    def numbers(self) -> Mapping[str, float]: ...

    async def rest(self, within: float) -> None: ...

    async def close(self) -> None: ...


def main() -> None:
    """The process."""
    listener, end, where = socket.socket(fileno=int(sys.argv[1])), socket.socket(fileno=int(sys.argv[2])), sys.argv[3]
    # A terminal's Ctrl-C, a service manager's SIGTERM may reach the whole group; only the parent says what they mean.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    # A thread that compiles new rules must not hold a shopper up for Python's usual 5 ms.
    sys.setswitchinterval(0.001)
    uvloop.run(_work(listener, end, _app_at(where)))


def _app_at(where: str) -> type[App]:
    module, _, name = where.partition(":")
    found: type[App] = getattr(importlib.import_module(module), name)
    return found


async def _work(listener: socket.socket, end: socket.socket, app: type[App]) -> None:
    channel = await Channel.over(end)
    async for message in channel.messages():
        if isinstance(message, control.Start):
            await Worker(message, listener, channel, app).run()
        return


class Worker:
    """The process as it runs.

    Args:
        start: what the parent told at the start.
        listener: the shared listening socket.
        channel: to the parent.
        app: what to run.
    """

    def __init__(self, start: control.Start, listener: socket.socket, channel: Channel, app: type[App]) -> None:
        self._settings = read_settings.again(start.told, start.key)
        self._clock = SystemClock()
        self._channel = channel
        self._generation = start.generation
        self._metrics = Metrics()
        self._logs = Logs(self._settings.log_format, sys.stdout.fileno(), self._clock, secret=self._settings.ads_key)
        self._lookout: lookout.Lookout[web.RequestHandler] = lookout.Lookout()
        self._leave = asyncio.Event()
        self._within = self._settings.drain
        self._visits: list[Visit] = []
        self._texts = start.texts
        self._listener = listener
        self._app = app(self._settings, self._clock, self._watch)
        self._server = Server(self._app.handler, self._settings.keep_alive, self._metrics.answered)
        self._tls = tls.for_shoppers(self._settings)

    async def run(self) -> None:
        """From the first rule to the last answer."""
        self._logs.start()
        await self._begin()
        rhythms = ((_NEWS_SECONDS, self._tell), (_SWEEP_SECONDS, self._sweep))
        helpers = [asyncio.create_task(every(seconds, do, self._clock)) for seconds, do in rhythms]
        helpers.append(asyncio.create_task(self._listen()))
        await self._leave.wait()
        await asyncio.gather(self._drain(), self._app.rest(self._within))
        for helper in helpers:
            helper.cancel()
        await self._app.close()
        await self._tell()
        await self._channel.flush()
        self._channel.close()
        self._logs.close()

    async def _begin(self) -> None:
        if not await self._take(self._texts):
            raise SystemExit("a worker cannot take the rules that its parent checked")
        await self._app.start()
        wanted = self._settings.max_connections + _OTHER_FILES
        if (files := raise_file_limit(wanted)) < wanted:
            _log.warning("only %d open files are allowed; --max-connections needs %d (ulimit -n)", files, wanted)
        room = self._settings.max_connections
        self._door = Door(
            self._listener,
            self._server,
            room=room,
            inside=lambda: len(self._server._connections),
            make_room=self._server.make_room,
            tls=self._tls,
        )
        # What lives now lives long: the collector need not look at it again, and may look more rarely.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        self._door.open()
        self._channel.say(control.Serving(self._generation))

    def _watch(self, visit: Visit, in_full: Callable[[], Visit]) -> None:
        self._metrics.visit(visit)
        self._logs.visit(visit)
        if len(self._visits) < _VISITS_KEPT:
            self._visits.append(in_full())

    # -- the parent ---------------------------------------------------------

    async def _listen(self) -> None:
        async for message in self._channel.messages():
            if isinstance(message, control.Rules):
                await self._renew(message)
            elif isinstance(message, control.NewKey):
                self._settings.ads_key.renew(message.key)
            elif isinstance(message, control.Refresh):
                self._refresh()
            elif isinstance(message, control.Report):
                await self._tell()
            elif isinstance(message, control.Drain):
                self._within = message.within
                self._leave.set()
        self._leave.set()

    async def _renew(self, rules: control.Rules) -> None:
        trouble = "" if await self._take(rules.texts) else "the rules could not be taken"
        if not trouble:
            self._generation = rules.generation
            gc.collect()  # the old plans' classes are cycles, and our thresholds leave those lying for hours; < 1 ms
        self._channel.say(control.Serving(self._generation, trouble))

    async def _take(self, texts: Mapping[str, bytes]) -> bool:
        """Compile and swap, in a thread: shoppers are served meanwhile."""
        try:
            return bool(await asyncio.to_thread(self._app.live.offer, texts, Plans))
        except Exception:
            _log.exception("a mistake of ours: the rules cannot be taken")
            return False

    def _refresh(self) -> None:
        if self._tls is not None:
            try:
                tls.read_certificate(self._tls, self._settings)
            except OSError as trouble:
                _log.error("the certificate cannot be used, the old one stays: %s", trouble)

    async def _tell(self) -> None:
        visits, self._visits = self._visits, []
        counted = {"connections": len(self._server.connections), **self._numbers()}
        self._channel.say(control.News(self._metrics.snapshot(counted), tuple(map(_encode, visits))))

    def _numbers(self) -> Mapping[str, float]:
        try:
            return self._app.numbers()
        except Exception:
            _log.exception("a mistake of ours: the wings' numbers are missing")
            return {}

    async def _sweep(self) -> None:
        sights = [(connection, lookout.seen(connection)) for connection in self._server.connections]
        for connection in self._lookout.overdue(sights, self._clock.now()):
            if connection.transport is not None:
                connection.transport.abort()

    # -- the end ------------------------------------------------------------

    async def _drain(self) -> None:
        """No more connections; every answer ends its own; what is idle goes; what is late is cut."""
        began = self._clock.now()
        until, patient_until = began + self._within, began + min(_IDLE_GRACE_SECONDS, self._within / 2)
        self._server.draining = True
        self._door.close()
        while (self._server.connections or self._door.entering) and (now := self._clock.now()) < until:
            if now >= patient_until:
                self._server.close_idle()
            await asyncio.sleep(_DRAIN_LOOK_SECONDS)
        if left := [connection for connection in self._server.connections if not is_idle(connection)]:
            _log.warning("%d requests were still under way after --drain; they are cut", len(left))
        await self._server.shutdown(0)


if __name__ == "__main__":
    main()
