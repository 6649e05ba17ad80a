"""A search server that speaks as Algolia, Elasticsearch, Meilisearch, Solr and Typesense do, over real sockets.

It codes with gzip where the client offers it, keeps connections, lets pages of other hosts ask, and keeps every
request in `asked`. What it says is in `search_apis.py`.
"""

import asyncio
import json
import threading
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.clients.search_apis import algolia, elasticsearch, federated, meilisearch, solr, typesense

JSON = "application/json"
ELASTIC = "application/vnd.elasticsearch+json;compatible-with=9"
INDEXES = ("products", "outlet")


@dataclass(frozen=True)
class Asked:
    """A request as it came, its body decoded; names of header fields in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


async def algolia_single(request: web.Request) -> Any:
    return algolia(await request.json())


async def algolia_multi(request: web.Request) -> Any:
    return {"results": [algolia(query) for query in (await request.json())["requests"]]}


async def elasticsearch_single(request: web.Request) -> Any:
    return elasticsearch(await request.json())


async def elasticsearch_multi(request: web.Request) -> Any:
    queries = [json.loads(line) for line in (await request.read()).splitlines()[1::2]]
    return {"took": 3, "responses": [{**elasticsearch(query), "status": 200} for query in queries]}


async def meilisearch_single(request: web.Request) -> Any:
    return meilisearch(await request.json() if request.method == "POST" else dict(request.query))


async def meilisearch_multi(request: web.Request) -> Any:
    told = await request.json()
    if told.get("federation") is not None:
        return federated(told["queries"])
    return {"results": [meilisearch(query) for query in told["queries"]]}


async def solr_single(request: web.Request) -> Any:
    return solr(dict(request.query))


async def typesense_single(request: web.Request) -> Any:
    return typesense(dict(request.query))


async def typesense_multi(request: web.Request) -> Any:
    return {"results": [typesense({**request.query, **query}) for query in (await request.json())["searches"]]}


ROUTES = (
    ("POST", "/1/indexes/*/queries", algolia_multi),
    ("POST", "/1/indexes/{index}/query", algolia_single),
    ("POST", "/_search", elasticsearch_single),
    ("POST", "/_msearch", elasticsearch_multi),
    ("POST", "/{index}/_search", elasticsearch_single),
    ("GET", "/indexes/{index}/search", meilisearch_single),
    ("POST", "/indexes/{index}/search", meilisearch_single),
    ("POST", "/multi-search", meilisearch_multi),
    ("GET", "/solr/{index}/select/", solr_single),
    ("GET", "/collections/{index}/documents/search", typesense_single),
    ("POST", "/multi_search", typesense_multi),
)


def no_index(api: str, name: str) -> Any:
    """What each API says of an index that there is not."""
    if api == "algolia_single":
        return {"message": f"Index {name} does not exist", "status": 404}
    if api == "elasticsearch_single":
        reason = {"type": "index_not_found_exception", "reason": f"no such index [{name}]"}
        return {"error": {"root_cause": [reason], **reason}, "status": 404}
    if api == "meilisearch_single":
        said = {"message": f"Index `{name}` not found.", "code": "index_not_found", "type": "invalid_request"}
        return said | {"link": "https://docs.example/errors"}
    if api == "solr_single":
        return {"responseHeader": {"status": 404, "QTime": 0}, "error": {"msg": f"no core {name}", "code": 404}}
    return {"message": "Not found."}


class SearchServer:
    """The server; `port` is where it listens. `files` are served as they are: path -> content type, bytes."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.files: dict[str, tuple[str, bytes]] = {}
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self.port: int = self._in_loop(self._start())

    def __enter__(self) -> "SearchServer":
        return self

    def __exit__(self, *_: object) -> None:
        self._in_loop(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _in_loop(self, what: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(20)

    async def _start(self) -> int:
        app = web.Application(middlewares=[self._keep])
        for method, path, handler in ROUTES:
            app.router.add_route(method, path, self._said_by(handler))
        app.router.add_route("OPTIONS", "/{any:.*}", self._preflight)
        app.router.add_route("*", "/{any:.*}", self._file)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self._runner.addresses[0][1]

    @web.middleware
    async def _keep(self, request: web.Request, handler: Any) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.asked.append(Asked(request.method, request.raw_path, headers, await request.read()))
        answer = await handler(request)
        answer.headers["Access-Control-Allow-Origin"] = "*"
        if "gzip" in headers.get("accept-encoding", ""):
            answer.enable_compression(web.ContentCoding.gzip)
        return answer

    def _said_by(self, handler: Any) -> Any:
        async def say(request: web.Request) -> web.Response:
            name = request.match_info.get("index", "products")
            known = name in INDEXES
            value = await handler(request) if known else no_index(handler.__name__, name)
            elastic = ELASTIC.partition(";")[0] in request.headers.get("Accept", "")
            return web.Response(
                status=200 if known else 404,
                body=json.dumps(value, ensure_ascii=False).encode(),
                headers={"Content-Type": ELASTIC, "X-Elastic-Product": "Elasticsearch"}
                if elastic
                else {"Content-Type": JSON},
            )

        return say

    async def _preflight(self, _: web.Request) -> web.Response:
        return web.Response(status=204, headers={"Access-Control-Allow-Headers": "*"})

    async def _file(self, request: web.Request) -> web.Response:
        kind, data = self.files[request.path]
        return web.Response(body=data, headers={"Content-Type": kind})
