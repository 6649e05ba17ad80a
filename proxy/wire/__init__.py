"""A lean HTTP/1.1 client for everything that goes to an origin. Its door is `client.py`."""

from proxy.wire.client import Client
from proxy.wire.errors import (
    BodyTooLarge,
    BrokenAnswer,
    BrokenUpload,
    ConnectTimeout,
    FirstByteTimeout,
    HeadTooLarge,
    NoAnswer,
    Refused,
    WireTrouble,
)
from proxy.wire.origin import Origin
from proxy.wire.response import Response
from proxy.wire.sink import Sink, Upload
from proxy.wire.upload import Tunnel

__all__ = [
    "BodyTooLarge",
    "BrokenAnswer",
    "BrokenUpload",
    "Client",
    "ConnectTimeout",
    "FirstByteTimeout",
    "HeadTooLarge",
    "NoAnswer",
    "Origin",
    "Refused",
    "Response",
    "Sink",
    "Tunnel",
    "Upload",
    "WireTrouble",
]
