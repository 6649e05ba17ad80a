"""The same job, with what aiohttp's users tune: uvloop, orjson, a session without cookies, names and redirects.

`python -m benchmarks.peers.tuned_aiohttp PORT MARKETPLACE ADS`
"""

import sys
from typing import Any

import orjson
import uvloop
from aiohttp import ClientSession, DummyCookieJar, TCPConnector, web
from yarl import URL

from benchmarks.peers import naive_aiohttp as naive

QUESTION_HEADERS = {"Authorization": "Bearer TSE_benchmark", "Content-Type": "application/json"}
SKIPPED = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


async def auction(app: web.Application, products: list[dict[str, Any]], query: str) -> list[dict[str, Any]]:
    ids = [product["id"] for product in products]
    question = {"auctions": [{"type": "listings", "slots": 2, "products": {"ids": ids}, "searchQuery": query}]}
    async with app["session"].post(app["auctions"], data=orjson.dumps(question), headers=QUESTION_HEADERS) as answer:
        winners: list[dict[str, Any]] = orjson.loads(await answer.read())["results"][0]["winners"]
        return winners


async def search(request: web.Request) -> web.Response:
    app = request.app
    url = URL(app["marketplace"] + request.raw_path, encoded=True)
    async with app["session"].get(url, headers=naive.forwarded(request.headers), allow_redirects=False) as upstream:
        page = orjson.loads(await upstream.read())
        headers = naive.forwarded(upstream.headers)
    winners = await auction(app, page["products"], request.query.get("q", ""))
    page["products"] = naive.merge(page["products"], winners)
    return web.Response(body=orjson.dumps(page), headers=headers)


async def session(app: web.Application) -> Any:
    connector = TCPConnector(limit=0, keepalive_timeout=60)
    async with ClientSession(
        connector=connector,
        cookie_jar=DummyCookieJar(),
        auto_decompress=False,
        skip_auto_headers=SKIPPED,
        trust_env=False,
    ) as session:
        app["session"] = session
        yield


def main() -> None:
    uvloop.install()
    app = web.Application()
    app["marketplace"] = sys.argv[2]
    app["auctions"] = URL(sys.argv[3] + "/v2/auctions")
    app.cleanup_ctx.append(session)
    app.router.add_get("/search/{size}", search)
    app.router.add_route("*", "/{path:.*}", naive.pass_through)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)


if __name__ == "__main__":
    main()
