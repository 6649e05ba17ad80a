"""The back door `/_sandbox/`: what a person, or a test, wants to know of the platform, and to change.

It shows and changes the behaviour, lists campaigns and events, counts, opens a
sealed bid, and reports: as JSON, and as a page. It asks for no key; do not listen
on an address that others reach.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from aiohttp import web

from proxy.sandbox import report
from proxy.sandbox.behaviour import Manners
from proxy.sandbox.books import Books, Kept
from proxy.sandbox.budget import allowance, money_left
from proxy.sandbox.campaigns import MICROS, Campaign
from proxy.sandbox.event_lies import ELSEWHERE
from proxy.sandbox.exchange import Exchange
from proxy.sandbox.giving import as_json
from proxy.sandbox.page import Account, render
from proxy.sandbox.repertoire import AUCTION_LIES, EVENT_LIES
from proxy.sandbox.seal import NotOurs, Seal
from proxy.sandbox.store import Store

_LISTED = 100
_SHOWN = 20


@dataclass(slots=True)
class Doings:
    """What changes while the platform runs: its manners, and how often it was asked for what."""

    manners: Manners
    asked: int = 0
    events_asked: int = 0
    led_elsewhere: int = 0
    keys_led_elsewhere: int = 0


class BackDoor:
    """Everything under `/_sandbox/`."""

    def __init__(self, exchange: Exchange, store: Store, seal: Seal, books: Books, doings: Doings) -> None:
        self._exchange = exchange
        self._store = store
        self._seal = seal
        self._books = books
        self._doings = doings

    def add_to(self, app: web.Application) -> None:
        """Its routes."""
        get = app.router.add_get
        get("/_sandbox/", self._page)
        get("/_sandbox/report", self._report)
        get("/_sandbox/events", self._events)
        get("/_sandbox/events/count", self._count)
        get("/_sandbox/campaigns", self._campaigns)
        get("/_sandbox/bid/{id}", self._bid)
        get("/_sandbox/behaviour", self._behaviour)
        app.router.add_post("/_sandbox/behaviour", self._change_behaviour)
        app.router.add_route("*", ELSEWHERE, self._elsewhere)

    # -- behaviour ----------------------------------------------------------

    async def _behaviour(self, request: web.Request) -> web.Response:
        doings = self._doings
        return as_json(
            {
                **doings.manners.told(),
                "lies": {"auctions": AUCTION_LIES, "events": EVENT_LIES},
                "asked": doings.asked,
                "events_asked": doings.events_asked,
                "led_elsewhere": doings.led_elsewhere,
                "keys_led_elsewhere": doings.keys_led_elsewhere,
            }
        )

    async def _change_behaviour(self, request: web.Request) -> web.Response:
        try:
            changes = msgspec.json.decode(await request.read(), type=dict[str, object])
            self._doings.manners = self._doings.manners.with_changes(changes)
        except ValueError as trouble:
            return as_json({"error": str(trouble)}, 400)
        return as_json(self._doings.manners.told())

    async def _elsewhere(self, request: web.Request) -> web.Response:
        """Where the redirects lead: nobody who minds the key comes here."""
        key_came_along = "Authorization" in request.headers
        self._doings.led_elsewhere += 1
        self._doings.keys_led_elsewhere += key_came_along
        return as_json({"key_came_along": key_came_along}, 404)

    # -- what there is ------------------------------------------------------

    async def _campaigns(self, request: web.Request) -> web.Response:
        return as_json({"campaigns": [self._campaign(*one) for one in self._exchange.campaigns()]})

    def _campaign(self, campaign: Campaign, silent: str | None) -> dict[str, object]:
        now = self._exchange.wall()
        spent = self._store.spent(str(campaign.uuid), now)
        return {
            "id": str(campaign.uuid),
            "name": campaign.name,
            "bids": silent is None,
            "why_not": silent,
            "spent": spent.total / MICROS,
            "spent_today": spent.today / MICROS,
            "left": _money(money_left(campaign, spent)),
            "open_today": _money(allowance(campaign, now)),
        }

    async def _bid(self, request: web.Request) -> web.Response:
        try:
            bid = self._seal.open(request.match_info["id"])
        except NotOurs as trouble:
            return as_json({"error": str(trouble)}, 404)
        return as_json({**msgspec.structs.asdict(bid), "auction": bid.auction.hex(), "campaign": bid.campaign.hex()})

    # -- what was reported --------------------------------------------------

    async def _events(self, request: web.Request) -> web.Response:
        limit = request.query.get("limit", str(_LISTED))
        if not (limit.isascii() and limit.isdecimal() and len(limit) < 10):
            return as_json({"error": f"a limit of {limit!r}: write a whole number"}, 400)
        kept = self._books.latest(int(limit), request.query.get("kind"), request.query.get("id"))
        return as_json({"events": [_told(one) for one in kept]})

    async def _count(self, request: web.Request) -> web.Response:
        return as_json(self._books.counts())

    async def _report(self, request: web.Request) -> web.Response:
        return as_json(report.told(self._lines(request), self._exchange.market))

    async def _page(self, request: web.Request) -> web.Response:
        now = self._exchange.wall()
        accounts = [
            Account(campaign, silent, self._store.spent(str(campaign.uuid), now))
            for campaign, silent in self._exchange.campaigns()
        ]
        text = render(
            self._exchange.market,
            accounts,
            self._lines(request),
            list(self._books.latest(_SHOWN)),
            self._books.counts(),
            (request.query.get("campaign"), request.query.get("day")),
        )
        return web.Response(text=text, content_type="text/html", headers=_SAFE)

    def _lines(self, request: web.Request) -> list[report.Day]:
        """The report's lines: all of them, or of one campaign (by id or name), or of one day."""
        wanted = request.query.get("campaign") or None
        named = (str(one.uuid) for one in self._exchange.market.campaigns if one.name == wanted)
        return self._books.report(next(named, wanted), request.query.get("day") or None)


# The page has no script and asks for nothing; should an id ever escape its escaping, nothing of it would run.
_SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def _told(event: Kept) -> dict[str, object]:
    return {
        "number": event.number,
        "kind": event.kind,
        "id": event.id,
        "at": instant(event.at),
        "user": event.user,
        "resolvedBidId": event.bid,
        "campaign": event.campaign,
        "product": event.product,
        "charged": event.charged / MICROS,
        "event": msgspec.Raw(event.written),
    }


def instant(at: float) -> str | float:
    """In words, in UTC; as seconds where the calendar has no such day."""
    try:
        return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return at


def _money(micros: int | None) -> float | None:
    return None if micros is None else micros / MICROS
