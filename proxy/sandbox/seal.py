"""The `resolvedBidId`: a won bid, sealed. Nobody but the platform reads or makes one.

What an event needs later (which auction, campaign, product, at what price, when,
for whom) travels inside the id, so that charging a click needs no look-up and a
restart forgets nothing. The id is authenticated and encrypted in one go, in the
way of SIV (RFC 5297): the tag is an HMAC over the plain text, and the key stream
is derived from the tag, so that equal ids mean equal bids and no nonce can be
used twice. base64url without padding, about 150 characters.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error

import msgspec

_VERSION = b"\x01"
_TAG = 16


class SealedBid(msgspec.Struct, frozen=True, array_like=True):
    """A won bid.

    Attributes:
        auction, campaign: UUIDs, 16 bytes each.
        kind: "listings", "banners" or "brand".
        type, id: the winner as in the answer.
        product: the product that is shown; of a banner whatever it leads to.
        rank: from 1.
        price: what a click costs, in micros.
        at: when the auction ran, seconds since 1970.
        user: the opaqueUserId of the auction, or None.
    """

    auction: bytes
    campaign: bytes
    kind: str
    type: str
    id: str
    product: str
    rank: int
    price: int
    at: float
    user: str | None = None


class NotOurs(ValueError):
    """An id that this platform never gave out, or that was changed since."""


class Seal:
    """Seals and opens, with a secret of at least 32 bytes."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 32:
            raise ValueError("the sealing secret needs 32 bytes")
        self._tagging = hashlib.blake2b(secret, person=b"sandbox-tag").digest()
        self._hiding = hashlib.blake2b(secret, person=b"sandbox-hide").digest()
        self._packer = msgspec.msgpack.Encoder()
        self._unpacker = msgspec.msgpack.Decoder(SealedBid)

    def close(self, bid: SealedBid) -> str:
        """The bid as an opaque id."""
        plain = self._packer.encode(bid)
        tag = self._tag(plain)
        return urlsafe_b64encode(_VERSION + tag + self._masked(plain, tag)).rstrip(b"=").decode()

    def open(self, resolved_bid_id: str) -> SealedBid:
        """The bid inside. Raises NotOurs for anything that `close` did not make with this secret."""
        try:
            sealed = urlsafe_b64decode(resolved_bid_id.encode("ascii") + b"=" * (-len(resolved_bid_id) % 4))
        except (Base64Error, UnicodeEncodeError):
            raise NotOurs("not an id of this platform") from None
        version, tag, hidden = sealed[:1], sealed[1 : 1 + _TAG], sealed[1 + _TAG :]
        plain = self._masked(hidden, tag)
        if version != _VERSION or not hmac.compare_digest(tag, self._tag(plain)):
            raise NotOurs("not an id of this platform")
        # Python's decoder skips foreign characters and spare bits: only the one spelling that we gave out counts.
        if urlsafe_b64encode(sealed).rstrip(b"=").decode() != resolved_bid_id:
            raise NotOurs("not an id of this platform")
        return self._unpacker.decode(plain)

    def _tag(self, plain: bytes) -> bytes:
        return hmac.digest(self._tagging, plain, "sha256")[:_TAG]

    def _masked(self, text: bytes, tag: bytes) -> bytes:
        stream = hashlib.shake_256(self._hiding + tag).digest(len(text))
        return (int.from_bytes(text) ^ int.from_bytes(stream)).to_bytes(len(text))
