"""The job as one would first write it: aiohttp's own session, the `json` module, nothing tuned.

`python -m benchmarks.peers.naive_aiohttp PORT MARKETPLACE ADS`
"""

import json
import sys
from typing import Any

from aiohttp import ClientSession, web

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding", "host"}


def forwarded(headers: Any) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in HOP_BY_HOP}


async def auction(app: web.Application, products: list[dict[str, Any]], query: str) -> list[dict[str, Any]]:
    question = {
        "auctions": [
            {
                "type": "listings",
                "slots": 2,
                "products": {"ids": [product["id"] for product in products]},
                "searchQuery": query,
            }
        ]
    }
    headers = {"Authorization": "Bearer TSE_benchmark"}
    async with app["session"].post(app["ads"] + "/v2/auctions", json=question, headers=headers) as answer:
        winners: list[dict[str, Any]] = (await answer.json())["results"][0]["winners"]
        return winners


def merge(products: list[dict[str, Any]], winners: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_id = {product["id"]: product for product in products}
    ads = []
    for winner in winners:
        product = by_id.pop(winner["id"], None)
        if product is not None:
            product["resolvedBidId"] = winner["resolvedBidId"]
            product["rank"] = winner["rank"]
            ads.append(product)
    return ads + list(by_id.values())


async def search(request: web.Request) -> web.Response:
    app = request.app
    async with app["session"].get(app["marketplace"] + request.path_qs, headers=forwarded(request.headers)) as upstream:
        page = await upstream.json()
        headers = forwarded(upstream.headers)
    winners = await auction(app, page["products"], request.query.get("q", ""))
    page["products"] = merge(page["products"], winners)
    return web.Response(body=json.dumps(page).encode(), headers=headers)


async def pass_through(request: web.Request) -> web.StreamResponse:
    app = request.app
    url = app["marketplace"] + request.path_qs
    async with app["session"].request(
        request.method, url, headers=forwarded(request.headers), data=request.content if request.can_read_body else None
    ) as upstream:
        response = web.StreamResponse(status=upstream.status, headers=forwarded(upstream.headers))
        if upstream.content_length is not None:
            response.content_length = upstream.content_length
        await response.prepare(request)
        async for chunk in upstream.content.iter_chunked(65536):
            await response.write(chunk)
        await response.write_eof()
        return response


async def session(app: web.Application) -> Any:
    async with ClientSession() as session:
        app["session"] = session
        yield


def main() -> None:
    app = web.Application()
    app["marketplace"], app["ads"] = sys.argv[2:4]
    app.cleanup_ctx.append(session)
    app.router.add_get("/search/{size}", search)
    app.router.add_route("*", "/{path:.*}", pass_through)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)


if __name__ == "__main__":
    main()
