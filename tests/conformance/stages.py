"""The ways in which block E's pages are played: how the marketplace codes them, and what stands around the proxy.

A `Stage` plays one page: the marketplace's answer goes in, what the shopper
got and what the marketplace was asked come out. Bodies are compared decoded
and, where a row says "byte-identical", as they went over the wire too.
"""

import gzip
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import brotli
import zstandard

from tests.conformance.origin import Origin, Seen, new_marker, plain
from tests.conformance.shopper import Answer, Shopper, request

JSON = b"Content-Type: application/json"
LATE = (b"too_late", b"ads_down", b"breaker_open")  # reasons that a slow machine gives

ENCODERS: dict[bytes, Callable[[bytes], bytes]] = {
    b"": bytes,
    b"gzip": gzip.compress,
    b"deflate": zlib.compress,
    b"br": brotli.compress,
    b"zstd": zstandard.compress,
}
DECODERS: dict[bytes, Callable[[bytes], bytes]] = {
    b"": bytes,
    b"gzip": gzip.decompress,
    b"deflate": zlib.decompress,
    b"br": brotli.decompress,
    b"zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}


@dataclass(frozen=True)
class Played:
    """One page: what went in, what came out."""

    body: bytes  # the marketplace's, before its coding
    sent: bytes  # as the marketplace sent it
    answer: Answer
    seen: Seen

    @property
    def shown(self) -> bytes:
        """The shopper's body, decoded as its own header says."""
        return DECODERS[self.answer.one(b"content-encoding") or b""](self.answer.body)

    @property
    def is_merged(self) -> bool:
        return b"resolvedBidId" in self.shown

    @property
    def was_late(self) -> bool:
        return b"".join(self.answer.all(b"sponsored-status")).partition(b";")[0] in LATE

    def is_untouched(self) -> bool:
        """Byte for byte what the marketplace sent, coding and all."""
        return self.answer.status == 200 and self.answer.complete and self.answer.body == self.sent


class Stage:
    """A port to ask, an origin behind it, and the coding in which the origin answers."""

    def __init__(self, port: int, origin: Origin, coding: bytes = b"") -> None:
        self.port = port
        self.origin = origin
        self.coding = coding

    def play(
        self,
        body: bytes,
        *headers: bytes,
        ask_with: tuple[bytes, ...] = (),
        kind: bytes = JSON,
        status: bytes = b"200 OK",
        method: bytes = b"GET",
    ) -> Played:
        """The marketplace answers `body` with `headers`; the shopper asks with `ask_with`.

        A machine that stood still for a second makes ads late. That is not what a row asks: the page is played again.
        """
        for _ in range(5):
            played = self._once(body, *headers, ask_with=ask_with, kind=kind, status=status, method=method)
            if not played.was_late:
                break
        return played

    def _once(
        self, body: bytes, *headers: bytes, ask_with: tuple[bytes, ...], kind: bytes, status: bytes, method: bytes
    ) -> Played:
        marker = new_marker()
        sent = ENCODERS[self.coding](body)
        coded = (b"Content-Encoding: " + self.coding, b"Vary: Accept-Encoding") if self.coding else ()
        raw = plain(sent, kind, *coded, *headers, status=status)
        if method == b"HEAD":
            raw = raw[: len(raw) - len(sent)]
        self.origin.on(marker, raw)
        offered = (b"Accept-Encoding: " + self.coding,) if self.coding else ()
        with Shopper(self.port) as shopper:
            target = b"/search/" + marker + b"?q=shoes"
            answer = shopper.say(request(target, *offered, *ask_with, method=method)).hear(method)
        return Played(body, sent, answer, self.origin.only(marker))


def page(*items: bytes, before: bytes = b'{"took": 3, "items": [', after: bytes = b'], "total": 60}') -> bytes:
    """A listing with these items, commas between them."""
    return before + b", ".join(items) + after


def item(number: int, more: bytes = b"") -> bytes:
    return b'{"id": "p%d", "price": 1.10%s}' % (number, more)


ITEMS = [item(number) for number in range(1, 7)]
PAGE = page(*ITEMS)


TAG = rb'"(?:resolvedBidId|rank)":\s*(?:"[^"]*"|\d+)'


def untagged(merged: bytes) -> bytes:
    """A merged body without what the rule's tags wrote into it, at the head of an item or at its end."""
    return re.sub(TAG + rb",\s*|,\s*" + TAG, b"", merged)


def reordered(*items: bytes) -> bytes:
    """What the page must be but for the tags: the third and the fifth item first."""
    third, fifth = items[2], items[4]
    return page(third, fifth, *[each for each in items if each not in (third, fifth)])


def assert_merged(played, expected: bytes) -> None:
    assert played.answer.status == 200
    assert played.is_merged, played.answer
    assert untagged(played.shown) == expected
    assert re.findall(rb'"resolvedBidId":\s*"([^"]*)"', played.shown) == [b"bid-p3", b"bid-p5"]
