"""The events of a worker, wired: the door, the outbox, the delivery, and the widgets' auctions.

Shoppers' requests come to the door first, since its paths are ours; whatever is
not at one of them is the marketplace's. The delivery runs behind their backs
for as long as the worker does.
"""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from aiohttp import web

from proxy.auction.widgets import Widgets
from proxy.clock import Clock
from proxy.events.delivering.delivery import Delivery
from proxy.events.delivering.forward import Forward
from proxy.events.keeping.outbox import Outbox
from proxy.events.keeping.outbox_sqlite import SqliteOutbox
from proxy.events.taking.doorway import Terms
from proxy.events.taking.guard import Guard
from proxy.events.taking.handler import EventsDoor
from proxy.events.taking.origins import Origins
from proxy.events.taking.segment.configuration import Configuration
from proxy.events.taking.segment.door import SegmentDoor
from proxy.search.shopper import peer_of
from proxy.search.trust import TrustedProxies
from proxy.server import numbers
from proxy.server.ad_platform import ad_platform
from proxy.server.settings import Settings

if TYPE_CHECKING:
    from proxy.events.taking.rates import SharedRates

# A few batches side by side fill the ad platform's day; version 1 is handed on event by event, while its sender waits.
_DELIVERY_CONNECTIONS = 16
_FORWARD_CONNECTIONS = 128
_WIDGET_CONNECTIONS = 128
_LAST_CALLS = 1.0


def outbox_of(settings: Settings, clock: Clock) -> Outbox:
    """The home of the events that wait, as the settings name it."""
    if settings.redis is not None:
        # Redis's client costs a process 7 MB and a sixth of its start: only who keeps events there imports it.
        from proxy.events.keeping.outbox_redis import RedisOutbox

        return RedisOutbox(settings.redis, size=settings.outbox_size, clock=clock)
    return SqliteOutbox(settings.data, size=settings.outbox_size, clock=clock)


def _shared_rates(settings: Settings, guard: Guard, clock: Clock) -> "SharedRates | None":
    if settings.redis is None or settings.events_rate is None:
        return None
    from proxy.events.taking.rates import SharedRates

    return SharedRates(settings.redis, guard, settings.events_rate, clock)


class Events:
    """One worker's events.

    Args:
        settings: what the process is told.
        trusted: which peers may speak for others.
        clock: the time.
    """

    def __init__(self, settings: Settings, trusted: TrustedProxies, clock: Clock) -> None:
        self._trusted = trusted
        self._outbox = outbox_of(settings, clock)
        key = settings.ads_key
        self._to_deliver = ad_platform(settings, clock, _DELIVERY_CONNECTIONS, "delivery")
        self._to_forward = ad_platform(settings, clock, _FORWARD_CONNECTIONS, "forwarding")
        self._to_widgets = ad_platform(settings, clock, _WIDGET_CONNECTIONS, "widgets")
        self._forward = Forward(self._outbox, self._to_forward, key, clock)
        self._widgets = Widgets(self._to_widgets, key, clock) if settings.widget_auctions else None
        self._delivery = Delivery(self._outbox, self._to_deliver, key, clock)
        guard = Guard(settings.events_rate, shared=settings.redis is not None)
        origins = Origins(settings.events_origins)
        self._rates = _shared_rates(settings, guard, clock)
        self._door = EventsDoor(
            self._outbox,
            self._forward,
            self._widgets,
            prefix=settings.events_prefix,
            origins=origins,
            guard=guard,
            clock=clock,
            client_of=self._client_of,
            host_of=self._host_of,
        )
        files = (settings.segment_write_key_file, settings.segment_secret_file, settings.segment_mapping)
        self._segment = SegmentDoor(
            self._outbox,
            Configuration(*files, clock),
            settings.events_prefix,
            Terms(origins, guard, clock, self._client_of, self._host_of),
        )
        self._delivering: asyncio.Task[None] | None = None
        self._sharing: asyncio.Task[None] | None = None

    def owns(self, target: str) -> bool:
        """Whether a request target, as sent, is one of ours; asked for every request that comes in."""
        return self._door.owns(target) or self._segment.owns(target)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request that is ours."""
        door = self._door if self._door.owns(request._message.path) else self._segment
        return await door.handle(request)

    async def start(self) -> None:
        """Open the outbox, and deliver from now on."""
        await self._outbox.open()
        self._delivering = asyncio.create_task(self._delivery.run(), name="delivery")
        if self._rates is not None:
            self._sharing = asyncio.create_task(self._rates.run(), name="rates")

    async def rest(self, within: float) -> None:
        """Begin no more deliveries; those under way may end for so many seconds."""
        await self._delivery.close(within)

    async def close(self) -> None:
        """Let go of everything; what was not delivered stays in the outbox."""
        await self._door.close()
        await self._segment.close()
        await self.rest(_LAST_CALLS)
        if self._delivering is not None:
            await self._delivering
        await self._outbox.close()
        if self._sharing is not None and self._rates is not None:
            self._sharing.cancel()
            await self._rates.close()
        for client in (self._to_deliver, self._to_forward, self._to_widgets):
            await client.close()

    def numbers(self) -> Mapping[str, float]:
        """What happened to events in this worker."""
        return {
            **numbers.of_events(self._door, self._forward, self._delivery),
            **numbers.of_segment(self._segment),
            **numbers.of_widgets(self._widgets),
        }

    def _client_of(self, request: web.BaseRequest) -> str:
        return self._trusted.client(peer_of(request), request.headers.getall("X-Forwarded-For", ()))

    def _host_of(self, request: web.BaseRequest) -> str:
        """As the shopper's browser names it: what a trusted load balancer says it was, else what was sent to us."""
        if self._trusted.holds(peer_of(request)):
            said = request.headers.get("X-Forwarded-Host", "").partition(",")[0].strip()
            if said:
                return said
        return request.headers.get("Host", "")
