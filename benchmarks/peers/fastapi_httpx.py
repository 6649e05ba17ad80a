"""The job on FastAPI and httpx, as most people begin it; under uvicorn with uvloop and httptools.

`python -m benchmarks.peers.fastapi_httpx PORT MARKETPLACE ADS`, in an environment that has requirements/bench.lock.
"""

import contextlib
import json
import sys
from collections.abc import AsyncIterator
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse

MARKETPLACE, ADS = sys.argv[2:4]
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "host"}
OF_THE_BODY = {"content-length", "content-encoding"}
client = httpx.AsyncClient(limits=httpx.Limits(max_connections=None, max_keepalive_connections=256), timeout=30)


@contextlib.asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    yield
    await client.aclose()


app = FastAPI(lifespan=lifespan)


def forwarded(headers: Any, without: set[str] = HOP_BY_HOP) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in without}


def address(request: Request) -> str:
    return f"{MARKETPLACE}{request.url.path}?{request.url.query}"


def merge(products: list[dict[str, Any]], winners: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_id = {product["id"]: product for product in products}
    found = [(by_id.pop(winner["id"]), winner) for winner in winners if winner["id"] in by_id]
    ads = [product | {name: winner[name] for name in ("resolvedBidId", "rank")} for product, winner in found]
    return ads + list(by_id.values())


@app.get("/search/{size}")
async def search(request: Request) -> Response:
    upstream = await client.get(address(request), headers=forwarded(request.headers))
    page = upstream.json()
    ids = [product["id"] for product in page["products"]]
    query = request.query_params.get("q", "")
    question = {"auctions": [{"type": "listings", "slots": 2, "products": {"ids": ids}, "searchQuery": query}]}
    answer = await client.post(f"{ADS}/v2/auctions", json=question, headers={"Authorization": "Bearer TSE_benchmark"})
    page["products"] = merge(page["products"], answer.json()["results"][0]["winners"])
    body = json.dumps(page, separators=(",", ":"), ensure_ascii=False).encode()
    return Response(body, headers=forwarded(upstream.headers, HOP_BY_HOP | OF_THE_BODY))


@app.api_route("/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
async def pass_through(request: Request) -> Response:
    body = request.stream() if request.method not in ("GET", "HEAD") else None
    outgoing = client.build_request(request.method, address(request), headers=forwarded(request.headers), content=body)
    upstream = await client.send(outgoing, stream=True)

    async def pieces() -> AsyncIterator[bytes]:
        try:
            async for piece in upstream.aiter_raw():
                yield piece
        finally:
            await upstream.aclose()

    return StreamingResponse(pieces(), status_code=upstream.status_code, headers=forwarded(upstream.headers))


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="critical", access_log=False, loop="uvloop")
