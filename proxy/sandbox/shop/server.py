"""The shop over HTTP: a search API as marketplaces have one, the storefront's files, the pictures.

    GET /api/search?q=&category=&brand=&price=&sort=&page=&per_page=
    GET /api/featured                     the front page
    GET /api/categories                   the shelves
    GET /api/categories/{id}              one shelf; parameters as for the search
    GET /api/products/{id}                {"product": {...}}
    GET /api/products/{id}/similar
    GET /api/shop                         {"report", "events"}: the ad platform's report, where events go
    GET /images/{id}.svg
    GET /banners/{wide|narrow}/{id}.svg   what a banner about a product shows

Answers carry ETag and Cache-Control and are compressed for whoever offers gzip.
Parameters that it does not know are ignored, as everywhere.
"""

import asyncio
import gzip
import hashlib
from collections.abc import Awaitable, Callable
from decimal import Decimal, InvalidOperation
from functools import lru_cache, wraps
from importlib.resources import files

import msgspec
from aiohttp import web

from proxy.sandbox.shop.catalogue import CURRENCY, Item, catalogue
from proxy.sandbox.shop.drawings import draw
from proxy.sandbox.shop.drawings.ribbon import SHAPES, draw_ribbon
from proxy.sandbox.shop.search import MOST_A_PAGE, SORTS, Found, Search, Wish
from proxy.sandbox.shop.words import CATEGORIES

_encode = msgspec.json.Encoder(decimal_format="number").encode
_STATIC = files(__package__) / "static"
_TYPES = {"css": "text/css", "js": "text/javascript", "html": "text/html", "svg": "image/svg+xml"}
_A_MINUTE = "public, max-age=60"
_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; base-uri 'none'",
}
_COMPRESSED_FROM = 512
Json = dict[str, object]


class BadParameter(ValueError):
    """A parameter that makes no sense; the message names it."""


class Shop:
    """The marketplace.

    Args:
        delay: how long a search takes at least, in seconds.
        report: the address of the ad platform's report, to which the storefront links.
        events: the path before `/v2/events` to which the storefront reports, where a proxy stands before the shop.
    """

    def __init__(self, delay: float = 0.0, report: str | None = None, events: str | None = None) -> None:
        self._ads: Json = {"report": report, "events": events}
        self._items = catalogue()
        self._search = Search(self._items)
        self._delay = delay

    def app(self) -> web.Application:
        """The shop as an aiohttp application."""
        app = web.Application()
        get = app.router.add_get
        get("/api/search", self._answered(self._found))
        get("/api/featured", self._answered(self._featured))
        get("/api/categories", self._answered(self._categories))
        get("/api/categories/{category}", self._answered(self._category))
        get("/api/products/{id}", self._answered(self._product))
        get("/api/products/{id}/similar", self._answered(self._similar))
        get("/api/shop", self._answered(lambda request: self._ads))
        get("/images/{id}.svg", self._image)
        get("/banners/{shape}/{id}.svg", self._banner)
        get("/assets/{file}", self._asset)
        get("/healthz", self._answered(lambda request: {"status": "ok"}))
        for page in ("/", "/search", "/c/{category}"):
            get(page, self._page("index.html"))
        get("/product/{id}", self._page("product.html"))
        return app

    # -- the API ------------------------------------------------------------

    def _answered(self, ask: Callable[[web.Request], Json]) -> Callable[[web.Request], Awaitable[web.Response]]:
        @wraps(ask)
        async def answer(request: web.Request) -> web.Response:
            await asyncio.sleep(self._delay)
            try:
                return _sent(request, _encode(ask(request)), "application/json", _A_MINUTE)
            except BadParameter as bad:
                return web.Response(status=400, body=_encode({"error": str(bad)}), content_type="application/json")
            except web.HTTPNotFound:
                return web.Response(status=404, body=b'{"error":"not found"}', content_type="application/json")

        return answer

    def _found(self, request: web.Request) -> Json:
        return _told(self._search.find(_wish(request)))

    def _category(self, request: web.Request) -> Json:
        category = request.match_info["category"]
        if category not in {one.id for one in CATEGORIES}:
            raise web.HTTPNotFound
        return _told(self._search.find(_wish(request, category)))

    def _featured(self, request: web.Request) -> Json:
        return _told(self._search.find(Wish(page=_number(request, "page", 1), per_page=_per_page(request))))

    def _categories(self, request: web.Request) -> Json:
        counts = [sum(item.category is one for item in self._items) for one in CATEGORIES]
        shelves = [{"id": one.id, "name": one.name, "count": n} for one, n in zip(CATEGORIES, counts, strict=True)]
        return {"categories": shelves}

    def _product(self, request: web.Request) -> Json:
        item = self._item(request)
        more = {"description": item.description, "material": item.material, "colour": item.colour}
        return {"product": {**_card(item), **more}}

    def _similar(self, request: web.Request) -> Json:
        similar = self._search.similar(self._item(request), 8)
        return {"total": len(similar), "products": [_card(one) for one in similar]}

    def _item(self, request: web.Request) -> Item:
        item = self._search.item(request.match_info["id"])
        if item is None:
            raise web.HTTPNotFound
        return item

    # -- pictures and pages -------------------------------------------------

    async def _image(self, request: web.Request) -> web.Response:
        item = self._item(request)
        picture = draw(item.kind.id, item.hue, item.variant, item.name)
        return _sent(request, picture.encode(), "image/svg+xml", "public, max-age=86400")

    async def _banner(self, request: web.Request) -> web.Response:
        item, shape = self._item(request), request.match_info["shape"]
        if shape not in SHAPES:
            raise web.HTTPNotFound
        picture = draw_ribbon(item.kind.id, item.hue, shape, f"{item.brand}: {item.kind.noun}")
        return _sent(request, picture.encode(), "image/svg+xml", "public, max-age=86400")

    async def _asset(self, request: web.Request) -> web.Response:
        return _file(request, request.match_info["file"])

    def _page(self, name: str) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def page(request: web.Request) -> web.Response:
            return _file(request, name)

        return page


def _file(request: web.Request, name: str) -> web.Response:
    kind = name.rpartition(".")[2]
    file = _STATIC / name
    if kind not in _TYPES or "/" in name or not file.is_file():
        raise web.HTTPNotFound
    return _sent(request, file.read_bytes(), _TYPES[kind], "no-cache")


def _sent(request: web.Request, body: bytes, kind: str, caching: str) -> web.Response:
    """A whole answer: compressed where that is offered, or 304 where the asker has it."""
    zipped = len(body) >= _COMPRESSED_FROM and "gzip" in request.headers.get("Accept-Encoding", "")
    tag = f'"{hashlib.blake2b(body, digest_size=9).hexdigest()}{"-gz" if zipped else ""}"'
    headers = {"ETag": tag, "Cache-Control": caching, "Vary": "Accept-Encoding", **_SAFE}
    if tag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    if zipped:
        headers["Content-Encoding"] = "gzip"
        body = _zipped(body)
    charset = "utf-8" if kind != "application/json" else None
    return web.Response(body=body, content_type=kind, charset=charset, headers=headers)


@lru_cache(512)
def _zipped(body: bytes) -> bytes:
    return gzip.compress(body, 6, mtime=0)


# -- words in, words out ----------------------------------------------------


def _wish(request: web.Request, category: str | None = None) -> Wish:
    query = request.query
    sort = query.get("sort") or "relevance"
    if sort != "relevance" and sort not in SORTS:
        raise BadParameter(f"sort: one of relevance, {', '.join(SORTS)}")
    return Wish(
        q=query.get("q", ""),
        category=category or query.get("category") or None,
        brands=tuple(brand for brand in query.getall("brand", []) if brand),
        price=_price(query.get("price", "")),
        sort=sort,
        page=_number(request, "page", 1),
        per_page=_per_page(request),
    )


def _per_page(request: web.Request) -> int:
    return min(MOST_A_PAGE, _number(request, "per_page", 24))


def _number(request: web.Request, name: str, default: int) -> int:
    written = request.query.get(name) or str(default)
    if not (written.isascii() and written.isdecimal() and 1 <= int(written[:9]) == int(written)):
        raise BadParameter(f"{name}: a whole number from 1")
    return int(written)


def _price(written: str) -> tuple[Decimal | None, Decimal | None]:
    if not written:
        return None, None
    low, dash, high = written.partition("-")
    try:
        if not dash:
            raise InvalidOperation
        return Decimal(low) if low else None, Decimal(high) if high else None
    except InvalidOperation:
        raise BadParameter("price: from-to, like 25-50 or 200-") from None


def _told(found: Found) -> Json:
    wish = found.wish
    return {
        "query": wish.q,
        "page": wish.page,
        "per_page": wish.per_page,
        "total": found.total,
        "facets": found.facets,
        "products": [_card(item) for item in found.items],
    }


def _card(item: Item) -> Json:
    return {
        "id": item.id,
        "name": item.name,
        "brand": item.brand,
        "seller": {"id": item.seller_id, "name": item.seller},
        "category": item.category.id,
        "price": item.price.quantize(Decimal("0.01")),
        "currency": CURRENCY,
        "rating": item.rating,
        "reviews": item.reviews,
        "image": f"/images/{item.id}.svg",
        "url": f"/product/{item.id}",
    }
