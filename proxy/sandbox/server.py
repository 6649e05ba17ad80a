"""The platform over HTTP: `/v2/auctions`, `/v1/auctions`, and a back door for the person who tries things.

A request is authorised, read (`topsort/contract.py` refuses it code by code),
answered by the exchange, and then given as the behaviour in force says: late,
not at all, or untrue. The back door `/_sandbox/` is the sandbox's own: it shows
and changes the behaviour, shows the campaigns, and opens a sealed bid. It asks
for no key; do not listen on an address that others reach.
"""

import asyncio
import hmac
import socket
import struct
from collections.abc import Awaitable, Callable, Sequence
from random import Random

import msgspec
from aiohttp import web

from proxy.sandbox.behaviour import LIES, Behaviour
from proxy.sandbox.budget import allowance, money_left
from proxy.sandbox.campaigns import MICROS, Campaign
from proxy.sandbox.exchange import Exchange
from proxy.sandbox.lies import Bare, bare, bend, dump, failure
from proxy.sandbox.seal import NotOurs, Seal
from proxy.sandbox.store import Store
from proxy.topsort import contract, v1, v2
from proxy.topsort.errors import ErrorCode, Refused

_BIGGEST_REQUEST = 16 << 20
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_encode = msgspec.json.Encoder().encode


class Sandbox:
    """One ad platform.

    Args:
        exchange: holds the auctions.
        store, seal: for what the back door shows.
        key: what `Authorization: Bearer` must carry.
        behaviour: at the start.
        chance: draws delays and failures.
    """

    def __init__(
        self, exchange: Exchange, store: Store, seal: Seal, key: str, behaviour: Behaviour, chance: Random
    ) -> None:
        self._exchange = exchange
        self._store = store
        self._seal = seal
        self._key = key
        self._chance = chance
        self._lies_told = 0
        self.behaviour = behaviour
        self.asked = 0
        self.led_elsewhere = 0

    def app(self) -> web.Application:
        """The platform as an aiohttp application."""
        app = web.Application(middlewares=[_in_topsorts_words], client_max_size=_BIGGEST_REQUEST)
        app.router.add_post(v2.AUCTIONS, self._auctions_v2)
        app.router.add_post(v1.AUCTIONS, self._auctions_v1)
        app.router.add_get("/healthz", _healthy)
        app.router.add_get("/_sandbox/behaviour", self._show_behaviour)
        app.router.add_post("/_sandbox/behaviour", self._change_behaviour)
        app.router.add_route("*", "/_sandbox/elsewhere", self._elsewhere)
        app.router.add_get("/_sandbox/campaigns", self._show_campaigns)
        app.router.add_get("/_sandbox/bid/{id}", self._open_bid)
        return app

    # -- the platform -------------------------------------------------------

    async def _auctions_v2(self, request: web.Request) -> web.StreamResponse:
        self._authorise(request)
        question = contract.read_auctions(await request.read())
        if any(auction.demand_sources for auction in question.auctions or ()):
            raise Refused(ErrorCode.UNAUTHORIZED_EXTERNAL_DEMAND, "this account takes no external demand")
        asked = [id for auction in question.auctions or () if auction.products for id in auction.products.ids]
        return await self._give(request, v2.write_answer(self._exchange.answer_v2(question)), asked)

    async def _auctions_v1(self, request: web.Request) -> web.StreamResponse:
        self._authorise(request)
        question = contract.read_v1_auction(await request.read())
        asked = [product.product_id or "" for product in question.products or ()]
        return await self._give(request, v1.write_answer(self._exchange.answer_v1(question)), asked)

    def _authorise(self, request: web.Request) -> None:
        self.asked += 1
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(key.strip().encode(), self._key.encode()):
            raise Refused(ErrorCode.INVALID_API_KEY, "the API key is missing or wrong", 401)

    # -- how it is given ----------------------------------------------------

    async def _give(self, request: web.Request, truth: bytes, asked: Sequence[str]) -> web.StreamResponse:
        behaviour = self.behaviour
        shortest, longest = behaviour.delay
        if longest:
            await asyncio.sleep(self._chance.uniform(shortest, longest))
        if self._chance.random() < behaviour.fail_rate:
            return await _send_bare(request, failure(self._chance.random()))
        if not behaviour.lies:
            return _created(truth)
        lie = behaviour.lies[self._lies_told % len(behaviour.lies)]
        self._lies_told += 1
        wire = bare(lie, truth)
        return (
            _created(dump(bend(lie, msgspec.json.decode(truth), asked)))
            if wire is None
            else await _send_bare(request, wire)
        )

    # -- the back door ------------------------------------------------------

    async def _show_behaviour(self, request: web.Request) -> web.Response:
        return _json({**self.behaviour.told(), "lies": LIES, "asked": self.asked, "led_elsewhere": self.led_elsewhere})

    async def _elsewhere(self, request: web.Request) -> web.Response:
        """Where the lie `redirect` leads: nobody who minds the key comes here."""
        self.led_elsewhere += 1
        return _json({"key_came_along": "Authorization" in request.headers}, 404)

    async def _change_behaviour(self, request: web.Request) -> web.Response:
        try:
            changes = msgspec.json.decode(await request.read(), type=dict[str, object])
            self.behaviour = self.behaviour.with_changes(changes)
        except ValueError as trouble:
            return _json({"error": str(trouble)}, 400)
        return _json(self.behaviour.told())

    async def _show_campaigns(self, request: web.Request) -> web.Response:
        return _json({"campaigns": [self._campaign(*one) for one in self._exchange.campaigns()]})

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

    async def _open_bid(self, request: web.Request) -> web.Response:
        try:
            bid = self._seal.open(request.match_info["id"])
        except NotOurs as trouble:
            return _json({"error": str(trouble)}, 404)
        return _json({**msgspec.structs.asdict(bid), "auction": bid.auction.hex(), "campaign": bid.campaign.hex()})


async def _healthy(request: web.Request) -> web.Response:
    return _json({"status": "ok"})


def _created(body: bytes) -> web.Response:
    return web.Response(status=201, body=body, content_type="application/json")


def _json(value: object, status: int = 200) -> web.Response:
    return web.Response(status=status, body=_encode(value) + b"\n", content_type="application/json")


def _money(micros: int | None) -> float | None:
    return None if micros is None else micros / MICROS


@web.middleware
async def _in_topsorts_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refusals, ours and the router's, in the vendor's shape."""
    try:
        return await handler(request)
    except Refused as refused:
        return web.Response(status=refused.status, body=refused.body, content_type="application/json")
    except web.HTTPException as refused:
        if refused.status < 400:
            raise
        said = Refused(ErrorCode.BAD_REQUEST, f"{request.method} {request.path}: {refused.reason}", refused.status)
        allow = {"Allow": refused.headers["Allow"]} if "Allow" in refused.headers else {}
        return web.Response(status=said.status, body=said.body, content_type="application/json", headers=allow)


class _AlreadySent(web.Response):
    """What was written to the connection by hand; aiohttp adds nothing to it."""

    @property
    def keep_alive(self) -> bool:
        return True

    async def prepare(self, request: web.BaseRequest) -> None:
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        return None


async def _send_bare(request: web.Request, wire: Bare) -> web.StreamResponse:
    transport = request.transport
    answer = _AlreadySent()
    if transport is None:
        return answer
    transport.write(wire.start)
    if wire.pause:
        for place in range(len(wire.body)):
            await asyncio.sleep(wire.pause)
            if transport.is_closing():
                return answer
            transport.write(wire.body[place : place + 1])
    elif wire.body:
        transport.write(wire.body)
    if wire.end == "reset":
        _reset(transport)
    elif wire.end == "close":
        transport.close()
    return answer


def _reset(transport: asyncio.Transport) -> None:
    with socket.fromfd(transport.get_extra_info("socket").fileno(), socket.AF_INET, socket.SOCK_STREAM) as twin:
        # Lingering for no time makes the kernel send RST instead of FIN.
        twin.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
