"""Events and bids as the books take them, for the tests of the books."""

from uuid import UUID

from proxy.sandbox.books import Books
from proxy.sandbox.config import parse_market
from proxy.sandbox.reported import Event, Item
from proxy.sandbox.seal import SealedBid

NOON = 1_700_049_600.0 + 43_200 - 1_700_049_600.0 % 86_400
DAY = "2023-11-15"
MARKET = parse_market("""
campaigns:
  - {name: lamps, bids: [{products: [p1, p2], bid: 1}], budget: {daily: 1.00}}
  - {name: mugs, bids: [{product: p3, bid: 1}]}
""")
LAMPS, MUGS = (str(campaign.uuid) for campaign in MARKET.campaigns)
BIDS = {
    name: SealedBid(b"\0" * 16, UUID(campaign).bytes, "listings", "product", product, product, 1, 400_000, NOON, "u")
    for name, campaign, product in (("lamp", LAMPS, "p1"), ("mug", MUGS, "p3"))
}


def an_event(kind: str, id: str, bid: str | None = None, user: str = "u", at: float = NOON, **more) -> Event:
    fields = {"product": None, "items": (), **more}
    return Event(kind, id, at, DAY, f"{kind}[0]", user, bid, written=b"{}", **fields)


def a_click(id: str, bid: str = "lamp", **more) -> Event:
    return an_event("clicks", id, bid, **more)


def a_sale(id: str, product: str = "p1", amount: float = 20_000_000, **more) -> Event:
    return an_event("purchases", id, at=NOON + 60, **{"items": [Item(product, amount, 1)], **more})


def enter(books: Books, *events: Event) -> None:
    books.enter(events, BIDS, NOON)


def lines(books: Books) -> dict[tuple[str, str], tuple]:
    return {
        (line.campaign, line.product): (line.impressions, line.clicks, line.spend, line.sold, line.sales)
        for line in books.report()
    }
