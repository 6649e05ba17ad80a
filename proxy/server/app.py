"""Every room of a worker, wired once, in the order of its start.

The only file that knows all wings. It decides nothing: it reads the settings,
makes the parts and hands each what it needs. `worker.py` gives it a server.
"""

import secrets
from collections.abc import Callable

from aiohttp import web

from proxy.auction.client import Ads
from proxy.clock import Clock
from proxy.rules.live import Live
from proxy.search.handler import FrontDoor
from proxy.search.organic import OrganicPages
from proxy.search.page import Corridor
from proxy.search.plans import Plans
from proxy.search.trust import TrustedProxies
from proxy.search.upstream import Upstream
from proxy.search.visit import Visit
from proxy.server.settings import Settings
from proxy.wire.client import Client
from proxy.wire.origin import Origin
from proxy.wire.tls import trust

# More than a search backend can work on at once; a shopper beyond it waits for a connection, 3 s at most.
MARKETPLACE_CONNECTIONS = 512


class App:
    """One worker's rooms.

    Args:
        settings: what the process is told.
        clock: the time.
        watch: is handed every finished visit.
        count: is told the status of each answer that passed through untouched.
    """

    def __init__(
        self, settings: Settings, clock: Clock, watch: Callable[[Visit], None], count: Callable[[int], None]
    ) -> None:
        self.settings = settings
        self.live: Live[Plans] = Live()
        self.draining = False
        self._marketplace = _marketplace(settings, clock)
        self._ad_platform = _ad_platform(settings, clock)
        upstream = Upstream(
            self._marketplace, preserve_host=settings.preserve_host, first_byte=settings.upstream_timeout
        )
        self.ads = Ads(self._ad_platform, settings.ads_key, settings.ads_api, clock)
        corridor = Corridor(
            OrganicPages(upstream, settings.max_body),
            self.ads,
            clock=clock,
            new_id=lambda: secrets.token_hex(8),
            watch=watch,
            max_body=settings.max_body,
            status_headers=not settings.no_status_headers,
        )
        self._door = FrontDoor(
            lambda: self.live.current,
            corridor,
            upstream,
            TrustedProxies(settings.trusted_proxies),
            scheme=b"https" if settings.tls_cert else b"http",
            count=count,
            closing=lambda: self.draining,
        )

    async def handler(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        return await self._door.handle(request)

    async def close(self) -> None:
        """Close the connections to the marketplace and the ad platform."""
        await self._marketplace.close()
        await self._ad_platform.close()
