"""Topsort's version 2 auctions as on the wire. Pure.

The only place that knows how version 2 spells a question and its answer, in
both directions: the auction wing writes questions and reads answers, the
sandbox reads questions and writes answers. Whether a message keeps the
vendor's contract is `contract.py`'s to say; here it only needs the right types.

Fields are in our spelling (`resolved_bid_id`), the wire has the vendor's
(`resolvedBidId`). What is None is not written; what we do not know is ignored.
Source: the vendor's OpenAPI file, version 2.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Annotated, Final, Generic, TypeVar

import msgspec

T = TypeVar("T")

AUCTIONS: Final = "/v2/auctions"
SPONSORED_BRAND: Final = "/v2/auctions/sponsored-brand"
EVENTS: Final = "/v2/events"

# The vendor's own limits; one more of any is a 400.
MOST_AUCTIONS: Final = 5
MOST_SLOTS: Final = 40
MOST_PRODUCTS: Final = 10_000
MOST_EXTERNAL_BIDS: Final = 100
PAGE_TYPES: Final = ("home", "category", "PDP", "search", "cart", "other")
DEVICES: Final = ("desktop", "mobile")

LISTINGS: Final = "listings"
BANNERS: Final = "banners"
EXTERNAL_DEMAND: Final = "external_demand_listings"
BRAND: Final = "brand"

NOTHING: Final = msgspec.Raw()
"""Raw JSON that is not there: not written, and what a field is that was not sent."""

Int32 = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
Rank = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
Text = Annotated[str, msgspec.Meta(min_length=1)]


SPELLING: Final = "camel"
"""How the wire's names are made of ours."""


class _Message(msgspec.Struct, rename=SPELLING, omit_defaults=True, frozen=True, kw_only=True):
    """What every part of a message has in common."""


# -- the question -----------------------------------------------------------


class Products(_Message, frozen=True, kw_only=True):
    """Who takes part. `quality_scores` are over 0 and at most 1, one an id."""

    ids: Sequence[str]
    quality_scores: Sequence[float] | None = None


class Category(_Message, frozen=True, kw_only=True):
    """One of three: a category, all of several, or one of each disjunction."""

    id: str | None = None
    ids: Sequence[str] | None = None
    disjunctions: Sequence[Sequence[str]] | None = None


class GeoTargeting(_Message, frozen=True, kw_only=True):
    """Where the shopper is, in the marketplace's words."""

    location: str


class Page(_Message, frozen=True, kw_only=True):
    """The page that the ads are for. `value` is a list only where `type` is cart."""

    type: str
    page_id: str
    value: str | Sequence[str] | None = None


class Filter(_Message, frozen=True, kw_only=True):
    """Attributes (`key:value`) that a bid must have: all (`and`) or any (`or`)."""

    operator: str | None = None
    attributes: Sequence[str] | None = None


class Entity(_Message, frozen=True, kw_only=True):
    """A product or a vendor, by the marketplace's id."""

    type: str
    id: str


class ExternalBid(_Message, frozen=True, kw_only=True):
    """A bid from outside; the amount is in the marketplace's currency."""

    charge_type: str
    entity: Entity
    bid_amount: float
    metadata: msgspec.Raw = NOTHING


class DemandSource(_Message, frozen=True, kw_only=True):
    """Who else bids."""

    source: str
    bids: Sequence[ExternalBid]


class Auction(_Message, frozen=True, kw_only=True):
    """One auction: for a listing (`type` listings) or a banner's slot (`type` banners).

    Every field may be missing here, so that a reader can say which one is.
    """

    type: str | None = None
    slots: int | None = None
    slot_id: str | None = None
    device: str | None = None
    products: Products | None = None
    category: Category | None = None
    search_query: str | None = None
    geo_targeting: GeoTargeting | None = None
    opaque_user_id: str | None = None
    placement_id: Int32 | None = None
    page: Page | None = None
    filter: Filter | None = None
    demand_sources: Sequence[DemandSource] | None = None


class AuctionsRequest(_Message, frozen=True, kw_only=True):
    """The body of `POST /v2/auctions`."""

    auctions: Sequence[Auction] | None = None


class Triggers(_Message, frozen=True, kw_only=True):
    """What calls up a sponsored brand: exactly one of the three."""

    category: Category | None = None
    products: Products | None = None
    search_query: str | None = None


class BrandAuction(_Message, frozen=True, kw_only=True):
    """One sponsored-brand auction; `winners` is how many are wanted."""

    winners: int | None = None
    placement_id: str | None = None
    triggers: Triggers | None = None
    opaque_user_id: str | None = None
    geo_targeting: GeoTargeting | None = None
    page: Page | None = None


class BrandAuctionsRequest(_Message, frozen=True, kw_only=True):
    """The body of `POST /v2/auctions/sponsored-brand`."""

    auctions: Sequence[BrandAuction] | None = None


# -- the answer -------------------------------------------------------------


class Asset(_Message, frozen=True, kw_only=True):
    """A banner's file; `content` is the filled template, any JSON object."""

    url: str
    content: msgspec.Raw = NOTHING


class Winner(_Message, frozen=True, kw_only=True):
    """One winner. `rank` is from 1; `asset` is a JSON array of `Asset`, `metadata` and `content` are JSON objects."""

    rank: Rank
    type: str | None = None
    id: Text
    resolved_bid_id: Text
    campaign_id: str | None = None
    asset: msgspec.Raw = NOTHING
    demand_source: str | None = None
    metadata: msgspec.Raw = NOTHING
    title: str | None = None
    vendor_id: str | None = None
    product_ids: Sequence[str] | None = None
    content: msgspec.Raw = NOTHING


class Result(msgspec.Struct, rename="camel", frozen=True, kw_only=True):
    """One auction's outcome; `error` says that it could not be held."""

    result_type: str
    winners: Sequence[Winner]
    error: bool = False


class AuctionsAnswer(msgspec.Struct, frozen=True):
    """The body of a `201`: results in the order of the auctions."""

    results: Sequence[Result]


# -- both ways --------------------------------------------------------------

_ENCODER = msgspec.json.Encoder()
_REQUEST = msgspec.json.Decoder(AuctionsRequest)
_BRAND_REQUEST = msgspec.json.Decoder(BrandAuctionsRequest)


write_request: Final[Callable[[AuctionsRequest | BrandAuctionsRequest], bytes]] = _ENCODER.encode
"""The body of a question."""


def write_events(kind: str, bodies: Iterable[bytes]) -> bytes:
    """The body of `POST /v2/events` with events of one kind, each the JSON object that its sender wrote."""
    return b'{"%b":[%b]}' % (kind.encode(), b",".join(bodies))


def read_request(body: bytes) -> AuctionsRequest:
    """The question in `body`.

    Raises:
        ValueError, RecursionError: not JSON, or a field has a wrong type (the message says which).
    """
    return _REQUEST.decode(body)


def read_brand_request(body: bytes) -> BrandAuctionsRequest:
    """The sponsored-brand question in `body`; raises as `read_request` does."""
    return _BRAND_REQUEST.decode(body)


def write_answer(results: Sequence[Result]) -> bytes:
    """The body of a `201`."""
    return _ENCODER.encode(AuctionsAnswer(results))


def raw(value: object) -> msgspec.Raw:
    """Any value as the ready JSON that `asset`, `metadata` and `content` take."""
    return msgspec.Raw(_ENCODER.encode(value))


class ReadResult(msgspec.Struct, Generic[T], frozen=True):
    """A result as read: the winners that can be used, and how many could not."""

    winners: Sequence[T]
    error: bool = False
    dropped: int = 0


class PlainResult(msgspec.Struct, Generic[T]):
    """A result each of whose winners could be decoded at once; where there was an `error`, they count for nothing."""

    winners: list[T]
    error: bool = False


class PlainAnswer(msgspec.Struct, Generic[T]):
    """An answer of such results."""

    results: list[PlainResult[T]]


class _LooseResult(msgspec.Struct):
    winners: msgspec.Raw = NOTHING
    error: bool = False


class _Loose(msgspec.Struct):
    results: list[_LooseResult]


_LOOSE = msgspec.json.Decoder(_Loose)
_WINNERS = msgspec.json.Decoder(list[msgspec.Raw])
_WINNER = msgspec.json.Decoder(Winner)


def reader_of(winner: type[T]) -> Callable[[bytes], PlainAnswer[T]]:
    """Reads an answer whose winners are all of one type, a struct that is renamed by `SPELLING`.

    The reader raises `msgspec.ValidationError` where a single winner is not: then `read_answer` reads them one by one.
    """
    return msgspec.json.Decoder(PlainAnswer[winner]).decode  # type: ignore[valid-type]


def read_answer(body: bytes) -> list[ReadResult[Winner]]:
    """The results in an answer; a single bad winner is dropped and counted.

    Raises:
        ValueError, RecursionError: not JSON, or not the envelope of an answer.
    """
    return [_read_loosely(one) for one in _LOOSE.decode(body).results]


def _read_loosely(result: _LooseResult) -> ReadResult[Winner]:
    if result.error:
        return ReadResult([], True)
    if not result.winners:
        raise msgspec.ValidationError("a result without an array of winners")
    winners, dropped = usable(_WINNERS.decode(result.winners), _WINNER)
    return ReadResult(winners, False, dropped)


def usable(raws: Sequence[msgspec.Raw], decoder: "msgspec.json.Decoder[T]") -> tuple[list[T], int]:
    """Those that can be read, and how many cannot."""
    read: list[T] = []
    for raw_one in raws:
        with suppress(ValueError, RecursionError):
            read.append(decoder.decode(raw_one))
    return read, len(raws) - len(read)
