"""The proxy in one process: all that a request goes through, and nothing that happens because time passes.

`python -m benchmarks.peers.ours_alone PORT MARKETPLACE ADS` has no parent and
no reports to one, no sweeps and no outbox, so that instructions counted depend
on the requests alone.
"""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable

import uvloop

from benchmarks.ours import RULE
from proxy.clock import SystemClock
from proxy.ops.logs import Logs
from proxy.ops.metrics import Metrics
from proxy.search.plans import Plans
from proxy.search.visit import Visit
from proxy.server.app import App
from proxy.server.connection import Server
from proxy.server.read_settings import read_settings

KEY = {"SPONSORED_PROXY_ADS_KEY": "TSE_benchmark"}


async def serve(port: int, marketplace: str, ads: str) -> None:
    """Until SIGTERM. Each visit is counted and logged, as a worker does."""
    settings = read_settings({"upstream": marketplace, "ads_url": ads, "no_events": "true"}, KEY)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    metrics, logs = Metrics(), Logs(settings.log_format, nowhere, SystemClock(), secret=settings.ads_key)

    def watch(visit: Visit, _: Callable[[], Visit]) -> None:
        metrics.visit(visit)
        logs.visit(visit)

    app = App(settings, SystemClock(), watch)
    logs.start()
    app.live.offer({"search.yaml": RULE.encode()}, Plans)
    await app.start()
    server = Server(app.handler, settings.keep_alive)
    listening = await asyncio.get_running_loop().create_server(server, "127.0.0.1", port)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)  # as in proxy/server/worker.py
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await ended.wait()
    listening.close()
    await server.shutdown(1)
    await app.close()
    logs.close()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), *sys.argv[2:4]))
