"""Every room of a worker, wired once, in the order of its start.

The only file that knows all wings. It decides nothing: it reads the settings,
makes the parts and hands each what it needs. `worker.py` gives it a server.
"""

import random
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

from proxy.auction.client import Ads
from proxy.clock import Clock
from proxy.rules.live import Live
from proxy.search.caching.pages import CachedPages
from proxy.search.caching.store import Store
from proxy.search.crowd import Crowd
from proxy.search.handler import FrontDoor
from proxy.search.page import Corridor
from proxy.search.plans import Plans
from proxy.search.products import Products
from proxy.search.trust import TrustedProxies
from proxy.search.upstream import Upstream
from proxy.search.visit import Watch
from proxy.server import numbers
from proxy.server.ad_platform import ad_platform
from proxy.server.events import Events
from proxy.server.settings import Settings
from proxy.wire.client import Client
from proxy.wire.origin import Origin
from proxy.wire.tls import context

# More than a search backend can work on at once; a shopper beyond it waits for a connection, 3 s at most.
MARKETPLACE_CONNECTIONS = 512
# The bulkhead lets 100 auctions be in flight; a few places more are for those that end while others begin.
AD_PLATFORM_CONNECTIONS = 128


class App:
    """One worker's rooms.

    Args:
        settings: what the process is told.
        clock: the time.
        watch: is handed every finished visit.
    """

    def __init__(self, settings: Settings, clock: Clock, watch: Watch) -> None:
        self.live: Live[Plans] = Live()
        self._marketplace = _marketplace(settings, clock)
        self._ad_platform = ad_platform(settings, clock, AD_PLATFORM_CONNECTIONS, "auctions")
        upstream = Upstream(
            self._marketplace, preserve_host=settings.preserve_host, first_byte=settings.upstream_timeout
        )
        self._ads = Ads(self._ad_platform, settings.ads_key, settings.ads_api, clock)
        self._pages = CachedPages(upstream, settings.max_body, Store(settings.cache_size), clock)
        corridor = Corridor(
            self._pages,
            Products(upstream, settings.max_body),
            self._ads,
            clock=clock,
            new_id=_new_id,
            watch=watch,
            max_body=settings.max_body,
            status_headers=not settings.no_status_headers,
        )
        trusted = TrustedProxies(settings.trusted_proxies)
        self._events = None if settings.no_events else Events(settings, trusted, clock)
        self._door = FrontDoor(
            self.live,
            corridor,
            upstream,
            trusted,
            Crowd(settings.max_in_flight),
            scheme=b"https" if settings.tls_cert else b"http",
        )

    async def start(self) -> None:
        """Deliver events from now on. Connections are made when they are wanted."""
        if self._events is not None:
            await self._events.start()

    def handler(self, request: web.BaseRequest) -> Coroutine[Any, Any, web.StreamResponse]:
        """The answer to one request, to be awaited."""
        events = self._events
        if events is not None and events.owns(request._message.path):
            return events.handle(request)
        return self._door.handle(request)

    def numbers(self) -> Mapping[str, float]:
        """What the wings count by themselves; a name that ends in `_total` only grows."""
        return {
            **numbers.of_ads(self._ads),
            **numbers.of_cache(self._pages),
            **_of_pool("marketplace", self._marketplace),
            **_of_pool("ad_platform", self._ad_platform),
            **({} if self._events is None else self._events.numbers()),
        }

    async def rest(self, within: float) -> None:
        """Begin nothing more behind the shoppers' backs; what is under way there may end for so many seconds."""
        if self._events is not None:
            await self._events.rest(within)

    async def close(self) -> None:
        """End what is under way, and the connections to the marketplace and the ad platform."""
        if self._events is not None:
            await self._events.close()
        await self._ads.close()
        await self._marketplace.close()
        await self._ad_platform.close()


def _new_id() -> str:
    """A visit's: nobody gains by guessing it, so it need not cost a call of the kernel."""
    return f"{random.getrandbits(64):016x}"


def _marketplace(settings: Settings, clock: Clock) -> Client:
    origin = Origin.parse(settings.upstream)
    tls = None
    if origin.secure:
        tls = context(_path(settings.upstream_ca), _path(settings.upstream_cert), _path(settings.upstream_key))
    return Client(origin, connections=MARKETPLACE_CONNECTIONS, clock=clock, ssl=tls, name="marketplace")


def _of_pool(name: str, client: Client) -> Mapping[str, float]:
    pool = client.pool
    return {
        f"{name}_connections": pool.size,
        f"{name}_connections_opened_total": pool.opened,
        f"{name}_connections_reused_total": pool.reused,
        f"{name}_requests_retried_total": client.retried,
    }


def _path(path: Path | None) -> str | None:
    return None if path is None else str(path)
