"""The platform over HTTP: auctions and events in both versions, and the doors beside them.

A request is authorised, read (`topsort/contract.py` and `event_faults.py` refuse it
code by code), done, and answered as the behaviour in force says: late, not at
all, or untruly. An auction is lied about after it was held; of events, each lie
says whether they are stored before it (`event_lies.py`).
"""

import hmac
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from random import Random
from uuid import uuid4

import msgspec
from aiohttp import web

from proxy.sandbox.back_door import BackDoor, Doings
from proxy.sandbox.behaviour import EventBehaviour, Manners
from proxy.sandbox.books import Books
from proxy.sandbox.event_lies import Scene, after, before
from proxy.sandbox.exchange import Exchange
from proxy.sandbox.giving import Giver, as_json, send_bare
from proxy.sandbox.lies import bare, bend, dump
from proxy.sandbox.seal import Seal
from proxy.sandbox.store import Store
from proxy.sandbox.taking import Taking
from proxy.topsort import contract, v1, v2
from proxy.topsort.errors import ErrorCode, Refused

_BIGGEST_REQUEST = 16 << 20
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Sandbox:
    """One ad platform.

    Args:
        exchange: holds the auctions.
        store: keeps what is spent and what was reported.
        seal: opens what the exchange sealed.
        key: what `Authorization: Bearer` must carry.
        manners: how it behaves at the start.
        chance: draws delays and failures.
    """

    def __init__(
        self, exchange: Exchange, store: Store, seal: Seal, key: str, manners: Manners, chance: Random
    ) -> None:
        self._exchange = exchange
        self._key = key
        self._auctions = Giver(chance)
        self._events = Giver(chance)
        self._doings = Doings(manners)
        books = Books(store, exchange.market)
        self._taking = Taking(books, seal, exchange.wall, uuid4)
        self._back_door = BackDoor(exchange, store, seal, books, self._doings)

    def app(self) -> web.Application:
        """The platform as an aiohttp application."""
        app = web.Application(middlewares=[_in_topsorts_words], client_max_size=_BIGGEST_REQUEST)
        app.router.add_post(v2.AUCTIONS, self._auctions_v2)
        app.router.add_post(v2.SPONSORED_BRAND, self._auctions_of_brands)
        app.router.add_post(v1.AUCTIONS, self._auctions_v1)
        app.router.add_post(v2.EVENTS, partial(self._reported, self._take_v2))
        app.router.add_post(v1.EVENTS, partial(self._reported, self._take_v1))
        app.router.add_get("/healthz", _healthy)
        self._back_door.add_to(app)
        return app

    # -- auctions -----------------------------------------------------------

    async def _auctions_v2(self, request: web.Request) -> web.StreamResponse:
        self._doings.asked += 1
        self._authorise(request)
        question = contract.read_auctions(await request.read())
        if any(auction.demand_sources for auction in question.auctions or ()):
            raise Refused(ErrorCode.UNAUTHORIZED_EXTERNAL_DEMAND, "this account takes no external demand")
        asked = [id for auction in question.auctions or () if auction.products for id in auction.products.ids]
        return await self._answer(request, v2.write_answer(self._exchange.answer_v2(question)), asked)

    async def _auctions_of_brands(self, request: web.Request) -> web.StreamResponse:
        self._doings.asked += 1
        self._authorise(request)
        question = contract.read_brand_auctions(await request.read())
        asked = [auction.triggers.products for auction in question.auctions or () if auction.triggers]
        ids = [id for products in asked if products for id in products.ids]
        return await self._answer(request, v2.write_answer(self._exchange.answer_brands(question)), ids)

    async def _auctions_v1(self, request: web.Request) -> web.StreamResponse:
        self._doings.asked += 1
        self._authorise(request)
        question = contract.read_v1_auction(await request.read())
        asked = [product.product_id or "" for product in question.products or ()]
        return await self._answer(request, v1.write_answer(self._exchange.answer_v1(question)), asked)

    async def _answer(self, request: web.Request, truth: bytes, asked: Sequence[str]) -> web.StreamResponse:
        behaviour = self._doings.manners.auctions
        failed = await self._auctions.hesitate(behaviour)
        if failed is not None:
            return await send_bare(request, failed)
        lie = self._auctions.lie(behaviour)
        if lie == "truth":
            return _created(truth)
        wire = bare(lie, truth)
        if wire is not None:
            return await send_bare(request, wire)
        return _created(dump(bend(lie, msgspec.json.decode(truth), asked)))

    # -- events -------------------------------------------------------------

    async def _reported(
        self, take: Callable[[bytes, EventBehaviour], web.Response], request: web.Request
    ) -> web.StreamResponse:
        self._doings.events_asked += 1
        self._authorise(request)
        body, behaviour = await request.read(), self._doings.manners.events
        failed = await self._events.hesitate(behaviour)
        if failed is not None:
            return await send_bare(request, failed)
        lie = self._events.lie(behaviour)
        instead = before(lie, self._scene(request))
        if instead is not None:
            return await send_bare(request, instead)
        answer, untrue = take(body, behaviour), after(lie)
        return answer if untrue is None else await send_bare(request, untrue)

    def _take_v2(self, body: bytes, behaviour: EventBehaviour) -> web.Response:
        self._taking.v2(body, behaviour)
        return web.Response(status=204)

    def _take_v1(self, body: bytes, behaviour: EventBehaviour) -> web.Response:
        return web.Response(body=self._taking.v1(body, behaviour), content_type="application/json")

    def _scene(self, request: web.Request) -> Scene:
        return Scene(request.url.host or "", request.url.port or 80, self._exchange.wall())

    def _authorise(self, request: web.Request) -> None:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(key.strip().encode(), self._key.encode()):
            raise Refused(ErrorCode.INVALID_API_KEY, "the API key is missing or wrong", 401)


async def _healthy(request: web.Request) -> web.Response:
    return as_json({"status": "ok"})


def _created(body: bytes) -> web.Response:
    return web.Response(status=201, body=body, content_type="application/json")


@web.middleware
async def _in_topsorts_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refusals, ours and the router's, in the vendor's shape."""
    try:
        return await handler(request)
    except Refused as refused:
        return web.Response(status=refused.status, body=refused.body, content_type="application/json")
    except sqlite3.Error as trouble:
        broken = Refused(ErrorCode.INTERNAL_SERVER_ERROR, f"nothing is stored: {trouble}", 500)
        return web.Response(status=broken.status, body=broken.body, content_type="application/json")
    except web.HTTPException as refused:
        if refused.status < 400:
            raise
        said = Refused(ErrorCode.BAD_REQUEST, f"{request.method} {request.path}: {refused.reason}", refused.status)
        allow = {"Allow": refused.headers["Allow"]} if "Allow" in refused.headers else {}
        return web.Response(status=said.status, body=said.body, content_type="application/json", headers=allow)
