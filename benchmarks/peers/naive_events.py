"""Events as a proxy forwards them that keeps nothing: add the key, post at once, hand the answer back.

What the ad platform does not take is lost, and its time is the sender's.

`python -m benchmarks.peers.naive_events PORT ADS`
"""

import sys
from typing import Any

from aiohttp import ClientSession, web

HEADERS = {"Authorization": "Bearer TSE_benchmark", "Content-Type": "application/json"}


async def forward(request: web.Request) -> web.Response:
    app = request.app
    async with app["session"].post(app["ads"] + "/v2/events", data=await request.read(), headers=HEADERS) as answer:
        return web.Response(status=answer.status, body=await answer.read())


async def session(app: web.Application) -> Any:
    async with ClientSession() as session:
        app["session"] = session
        yield


def main() -> None:
    app = web.Application()
    app["ads"] = sys.argv[2]
    app.cleanup_ctx.append(session)
    app.router.add_post("/topsort/v2/events", forward)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)


if __name__ == "__main__":
    main()
