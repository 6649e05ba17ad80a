"""A worker's app that needs no marketplace: for tests of the processes around it.

`/pid` says who answers, `/book` by which rules, `/slow?0.3` waits, `/key` how
long the key is, `/bug` fails. Each answer is also a finished visit.
"""

import asyncio
import os

from aiohttp import web

from proxy.reasons import Reason
from proxy.rules.live import Live
from proxy.search.visit import Visit


class App:
    def __init__(self, settings, clock, watch):
        self.settings, self.watch = settings, watch
        self.live = Live()

    async def handler(self, request):
        book = self.live.current.book.name
        path, _, query = request.raw_path.partition("?")
        if path == "/bug":
            raise RuntimeError("a bug")
        if path == "/slow":
            await asyncio.sleep(float(query))
        if path == "/upload":
            await request.read()
        said = {"/pid": str(os.getpid()), "/book": book, "/key": self.settings.ads_key()}.get(path, "ok")
        visit = Visit("0" * 16, "search", Reason.SERVED, 200, "GET", path, book, winners=2, slots=3, ads_ms=3.0)
        self.watch(visit, lambda: visit)
        return web.Response(text=said)

    async def start(self):
        pass

    def numbers(self):
        return {"auction_calls_total": 1, "auction_in_flight": 1}

    async def rest(self, within):
        pass

    async def close(self):
        pass
