"""How a question is put and its answer read, for each API that we speak. Pure.

A dialect is a row in a table: where to post, how many auctions go in one call,
whether banners can be asked for, and the two functions. Whoever adds an ad
platform adds its spelling beside `topsort/v2.py` and a row here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from proxy.auction.winners import Result, read_v1, read_v2
from proxy.topsort import v1, v2


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way to ask.

    Attributes:
        path: where to post, below the ad platform's base URL.
        most: auctions in one call.
        banners: whether banner slots can be asked for.
        write: `most` auctions at most -> the body of the call.
        read: the body of the answer, the number of auctions asked for -> one result each.
    """

    path: str
    most: int
    banners: bool
    write: Callable[[Sequence[v2.Auction]], bytes]
    read: Callable[[bytes, int], tuple[Result, ...]]


def write_v2(auctions: Sequence[v2.Auction]) -> bytes:
    """The body of one call of version 2."""
    return v2.write_request(v2.AuctionsRequest(auctions=auctions))


def write_v1(auctions: Sequence[v2.Auction]) -> bytes:
    """The body of one call of version 1, which knows no search query, page or placement."""
    (auction,) = auctions
    products = auction.products or v2.Products(ids=())
    return v1.write_request(
        v1.AuctionRequest(
            slots=v1.Slots(listings=auction.slots),
            products=_v1_products(products),
            session=v1.Session(session_id=auction.opaque_user_id) if auction.opaque_user_id else None,
            geo_targeting=auction.geo_targeting,
        )
    )


def _v1_products(products: v2.Products) -> list[v1.Product]:
    if products.quality_scores is None:
        return [v1.Product(product_id=one) for one in products.ids]
    pairs = zip(products.ids, products.quality_scores, strict=True)
    return [v1.Product(product_id=one, quality=score) for one, score in pairs]


DIALECTS: Final[Mapping[str, Dialect]] = {
    "v2": Dialect(v2.AUCTIONS, v2.MOST_AUCTIONS, True, write_v2, read_v2),
    "v1": Dialect(v1.AUCTIONS, 1, False, write_v1, read_v1),
}
