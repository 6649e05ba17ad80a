"""Ways to the ad platform: a pool of connections for each purpose, so that none holds another up."""

from proxy.clock import Clock
from proxy.server.settings import Settings
from proxy.wire.client import Client
from proxy.wire.origin import Origin
from proxy.wire.tls import context


def ad_platform(settings: Settings, clock: Clock, connections: int, name: str) -> Client:
    """A client of its own.

    Args:
        settings: where the ad platform is, and which certificates are trusted for it.
        clock: the time.
        connections: at most.
        name: what they are for, as errors tell it.
    """
    origin = Origin.parse(settings.ads_url)
    tls = context(None if settings.ads_ca is None else str(settings.ads_ca)) if origin.secure else None
    return Client(origin, connections=connections, clock=clock, ssl=tls, name=f"ad platform ({name})")
