"""The parent: binds, watches the rules and the key, keeps the workers, serves the admin address.

It never touches a request. What it binds outlives every worker, so no queued
connection is lost when one dies. Its own death ends the workers' channels, and
they drain and go. `run` reads as the life of the service.
"""

import asyncio
import logging
import signal
from collections.abc import Coroutine, Sequence
from typing import Any, Final

import msgspec

from proxy import __version__
from proxy.auction.dialects import DIALECTS
from proxy.clock import Clock
from proxy.errors import RuleTrouble
from proxy.events.keeping.outbox import Outbox, OutboxTrouble, Status
from proxy.events.keeping.outbox_sqlite import prepare
from proxy.events.taking.handler import paths_of
from proxy.events.taking.segment.door import paths_of as segment_paths_of
from proxy.ops.admin import Admin
from proxy.ops.exposition import House
from proxy.ops.metrics import Tally
from proxy.search.visit import Visit
from proxy.server import control
from proxy.server.child import Child
from proxy.server.crew import Crew
from proxy.server.events import outbox_of
from proxy.server.key import KeyWatch
from proxy.server.rhythm import every
from proxy.server.rulebook import LastGood, Texts, Watch, first_book
from proxy.server.settings import Settings
from proxy.server.system import address_of, bind, notify_systemd

_log = logging.getLogger(__name__)

# Two readings must be the same before an edit counts; both, and the check, fit into a second.
_RULES_SECONDS: Final = 0.2
_KEY_SECONDS: Final = 1.0
_SILENCE_SECONDS: Final = 5.0
_OUTBOX_SECONDS: Final = 1.0
# Beyond `--drain`: for the workers' own goodbye.
_GOODBYE_SECONDS: Final = 3.0


class Supervisor:
    """The parent process.

    Args:
        settings: what we are told.
        clock: the time.
        app: where the workers find their app.

    Raises:
        SettingsTrouble: the rules cannot be used and there are no last good ones, or an address cannot be bound.
    """

    def __init__(self, settings: Settings, clock: Clock, app: str = "proxy.server.app:App") -> None:
        self._settings = settings
        self._clock = clock
        self._watch = Watch(settings.rules)
        self._key_watch = KeyWatch(settings.ads_key_file, settings.ads_key)
        self._last_good = LastGood(settings.data)
        self._rulebook = first_book(self._watch, self._last_good)
        self._listener = bind(settings.listen, "--listen")
        self._admin = Admin(self, bind(settings.admin, "--admin"), settings.admin_token)
        self._crew = Crew(self._listener, app, clock, self._told, self._settled)
        self._outbox: Outbox | None = None if settings.no_events else outbox_of(settings, clock)
        self._outbox_status = None if settings.no_events else _unknown(settings)
        self._stop = asyncio.Event()
        self._stop_now = asyncio.Event()
        self._broken = False
        self._one_edit_at_a_time = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> int:
        """The life of the service; the exit code."""
        await self._admin.start()
        self._heed_signals()
        scheme = "https" if self._settings.tls_cert else "http"
        _log.info("listening on %s://%s", scheme, address_of(self._listener))
        _log.info("admin on http://%s", self._admin.address)
        self._warn_of_what_nobody_asks_for()
        await self._open_outbox()
        workers = [self._go_on(self._crew.keep(number + 1)) for number in range(self._settings.workers)]
        self._go_on(every(_RULES_SECONDS, self._look_at_rules, self._clock))
        self._go_on(every(_KEY_SECONDS, self._look_at_key, self._clock))
        self._go_on(every(_SILENCE_SECONDS, self._look_at_workers, self._clock))
        await self._stop.wait()
        await self._leave(workers)
        await self._admin.close()
        if self._outbox is not None:
            await self._outbox.close()
        return int(self._broken)

    def _go_on(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (trouble := task.exception()) is not None:
            _log.critical("the service ends: %s", trouble, exc_info=trouble)
            self._broken = True
            self._stop.set()

    # -- signals, and the end ------------------------------------------------

    def _heed_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._asked_to_stop)
        loop.add_signal_handler(signal.SIGHUP, lambda: self._go_on(self._reload()))

    def _asked_to_stop(self) -> None:
        if self._stop.is_set():
            _log.warning("asked a second time: ending at once")
            self._stop_now.set()
        self._stop.set()

    async def _leave(self, workers: Sequence[asyncio.Task[None]]) -> None:
        """Not ready any more; after the lag no new connections; what is under way ends, or is cut."""
        notify_systemd("STOPPING=1")
        _log.info("leaving: lag %g s, then %g s for what is under way", self._settings.drain_lag, self._settings.drain)
        everything = asyncio.gather(*workers, return_exceptions=True)
        if not self._broken and self._settings.drain_lag:
            await self._unless_now(self._stop_now.wait(), self._settings.drain_lag)
        self._crew.drain(self._settings.drain)
        self._listener.close()
        await self._unless_now(asyncio.shield(everything), self._settings.drain + _GOODBYE_SECONDS)
        self._crew.kill()
        await everything
        _log.info("gone")

    async def _unless_now(self, what: Any, within: float) -> None:
        """Wait for it, for so long, or until we are asked to end at once."""
        waits = [asyncio.ensure_future(what), asyncio.ensure_future(self._stop_now.wait())]
        await asyncio.wait(waits, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    # -- workers -------------------------------------------------------------

    def _told(self, number: int) -> control.Start:
        book, settings = self._rulebook, self._settings
        return control.Start(number, dict(settings.told), settings.ads_key(), book.generation, dict(book.texts))

    def _settled(self, child: Child) -> None:
        _log.info("worker %d (pid %d) serves: book=%s", child.number, child.pid, self._rulebook.name)
        notify_systemd("READY=1")

    async def _look_at_workers(self) -> None:
        self._crew.end_the_silent()

    # -- the outbox ----------------------------------------------------------

    async def _open_outbox(self) -> None:
        """See that it is whole before anybody writes to it, and look at it from then on."""
        if self._outbox is None:
            return
        if self._settings.redis is None:
            await asyncio.to_thread(prepare, self._settings.data, self._clock)
        await self._outbox.open()
        self._go_on(every(_OUTBOX_SECONDS, self._look_at_outbox, self._clock))

    async def _look_at_outbox(self) -> None:
        assert self._outbox is not None
        try:
            self._outbox_status = await self._outbox.status()
        except OutboxTrouble as trouble:
            assert self._outbox_status is not None
            self._outbox_status = msgspec.structs.replace(self._outbox_status, trouble=str(trouble))

    # -- rules and key -------------------------------------------------------

    async def _look_at_rules(self) -> None:
        news = await asyncio.to_thread(self._watch.news)
        if news is not None:
            await self._take(news)

    async def _reload(self) -> None:
        """SIGHUP: everything that comes from files, at once."""
        self._crew.tell(control.Refresh())
        await self._take(await asyncio.to_thread(self._watch.now))

    async def _take(self, news: Texts | RuleTrouble) -> None:
        async with self._one_edit_at_a_time:
            if not await asyncio.to_thread(self._rulebook.offer, news):
                problems = "\n".join(self._rulebook.problems)
                _log.error("THE RULES WERE NOT TAKEN, the old ones stay in force\n%s", problems)
                return
            book = self._rulebook
            self._crew.tell(control.Rules(book.generation, dict(book.texts)))
            _log.info("the rules were taken: book=%s generation=%d", book.name, book.generation)
            self._warn_of_what_nobody_asks_for()
            await asyncio.to_thread(self._last_good.keep, book.texts)

    def _warn_of_what_nobody_asks_for(self) -> None:
        """What the rules want and will not get: `check` knows neither the ad platform's API nor our own paths."""
        api, pages = self._settings.ads_api, self._rulebook.pages_with_banners
        if pages and not DIALECTS[api].banners:
            _log.warning("--ads-api %s has no banners: those of %s are not asked for", api, ", ".join(pages))
        self._warn_of_what_events_take_away()

    def _warn_of_what_events_take_away(self) -> None:
        """What the rules want of paths at which events are taken; `check` knows no `--events-prefix`."""
        if self._settings.no_events:
            return
        for path in self._paths_of_events():
            if pages := self._rulebook.wanting(path):
                how = "write another --events-prefix, or --no-events"
                _log.warning("events are taken at %s: %s never sees a request there; %s", path, ", ".join(pages), how)

    def _paths_of_events(self) -> Sequence[str]:
        told = self._settings
        api, webhook = told.segment_write_key_file is not None, told.segment_secret_file is not None
        return [
            *paths_of(told.events_prefix, widgets=told.widget_auctions),
            *segment_paths_of(told.events_prefix, api=api, webhook=webhook),
        ]

    async def _look_at_key(self) -> None:
        if await asyncio.to_thread(self._key_watch.renewed):
            self._crew.tell(control.NewKey(self._settings.ads_key()))

    # -- what the admin address shows ----------------------------------------

    @property
    def is_ready(self) -> bool:
        """Whether shoppers may be sent here."""
        return not self._stop.is_set() and self._crew.serves

    def house(self) -> House:
        """What the parent knows by itself."""
        book = self._rulebook
        return House(
            version=__version__,
            generation=book.generation,
            book=book.name,
            pages=book.pages,
            problems=book.problems,
            workers_wanted=self._settings.workers,
            workers_serving=self._crew.serving(book.generation),
            restarts=self._crew.restarts,
            reloads=book.generation - 1,
            failed_reloads=book.refused,
            draining=self._stop.is_set(),
            outbox=self._outbox_status,
        )

    async def tally(self) -> Tally:
        """What all workers counted."""
        return await self._crew.tally()

    def visits(self) -> Sequence[Visit]:
        """The last visits, newest first."""
        return list(reversed(self._crew.visits))


def _unknown(settings: Settings) -> Status:
    """The outbox before the first look at it."""
    return Status(
        waiting={}, dead={}, filtered={}, oldest=None, size=0, limit=settings.outbox_size, dead_size=0, dead_limit=0
    )
