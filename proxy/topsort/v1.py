"""Topsort's version 1 as on the wire. Pure.

As `v2.py`, for the version before it: one listings auction a call, products as
objects, the shopper as a session; a winner names its product as `productId`,
also where a vendor's campaign won it. Banner auctions of version 1 are known
to the marketplaces that had them; the vendor's file describes listings only.
Source: the vendor's OpenAPI file, version 1, and what its older clients send.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from proxy.topsort.v2 import GeoTargeting, Rank, ReadResult, Text, usable

AUCTIONS: Final = "/v1/auctions"
EVENTS: Final = "/v1/events"
PLACEMENTS: Final = ("Home-page", "Category-page", "Search-page")


class _Message(msgspec.Struct, rename="camel", omit_defaults=True, frozen=True, kw_only=True):
    """What every part of a message has in common."""


# -- the question -----------------------------------------------------------


class Slots(_Message, frozen=True, kw_only=True):
    """How many winners are wanted, of which kind."""

    listings: int | None = None
    banner_ads: int | None = None


class Product(_Message, frozen=True, kw_only=True):
    """Who takes part; `quality` is over 0 and at most 1."""

    product_id: str | None = None
    quality: float | None = None


class Vendor(_Message, frozen=True, kw_only=True):
    """A vendor who takes part."""

    vendor_id: str | None = None


class Session(_Message, frozen=True, kw_only=True):
    """The shopper: what version 2 calls `opaqueUserId`."""

    session_id: str | None = None


class BannerOptions(_Message, frozen=True, kw_only=True):
    """Where the banner stands: one of `PLACEMENTS`, and what the page is about."""

    placement: str | None = None
    category_id: str | None = None
    search_query: str | None = None
    slot_id: str | None = None


class AuctionRequest(_Message, frozen=True, kw_only=True):
    """The body of `POST /v1/auctions`."""

    slots: Slots | None = None
    products: Sequence[Product] | None = None
    vendors: Sequence[Vendor] | None = None
    session: Session | None = None
    geo_targeting: GeoTargeting | None = None
    banner_options: BannerOptions | None = None


# -- the answer -------------------------------------------------------------


class Winner(_Message, frozen=True, kw_only=True):
    """One winner. `winner_type` is product or vendor; `winner_id` is that one's id."""

    rank: Rank
    product_id: Text
    winner_type: str | None = None
    winner_id: str | None = None
    resolved_bid_id: Text
    asset_url: str | None = None


class Outcome(msgspec.Struct, rename="camel", frozen=True, kw_only=True):
    """One promotion type's auction."""

    auction_id: str
    winners: Sequence[Winner]


class Outcomes(_Message, frozen=True, kw_only=True):
    """An outcome for each promotion type that was asked for."""

    listings: Outcome | None = None
    banner_ads: Outcome | None = None


class AuctionAnswer(msgspec.Struct, frozen=True):
    """The body of a `201`."""

    slots: Outcomes


# -- both ways --------------------------------------------------------------

_ENCODER = msgspec.json.Encoder()
_REQUEST = msgspec.json.Decoder(AuctionRequest)
_WINNER = msgspec.json.Decoder(Winner)


def write_request(request: AuctionRequest) -> bytes:
    """The body of a question."""
    return _ENCODER.encode(request)


def read_request(body: bytes) -> AuctionRequest:
    """The question in `body`.

    Raises:
        ValueError, RecursionError: not JSON, or a field has a wrong type (the message says which).
    """
    return _REQUEST.decode(body)


def write_answer(answer: AuctionAnswer) -> bytes:
    """The body of a `201`."""
    return _ENCODER.encode(answer)


class _Listing(msgspec.Struct):
    winners: list[msgspec.Raw]
    error: bool = False


class _Slots(msgspec.Struct):
    listings: _Listing


class _Answer(msgspec.Struct):
    slots: _Slots


_ANSWER = msgspec.json.Decoder(_Answer)


def read_answer(body: bytes) -> ReadResult[Winner]:
    """The listing's outcome in an answer; a single bad winner is dropped and counted.

    Raises:
        ValueError, RecursionError: not JSON, or not the envelope of an answer.
    """
    listing = _ANSWER.decode(body).slots.listings
    if listing.error:
        return ReadResult([], True)
    winners, dropped = usable(listing.winners, _WINNER)
    return ReadResult(winners, False, dropped)
