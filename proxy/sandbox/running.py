"""Runs one of the sandbox's applications as a process, until it is told to stop.

SIGINT and SIGTERM end it cleanly: what is under way gets a moment, then the
process ends with 0. The listening line is printed once connections are taken.
"""

import asyncio
import signal

import uvloop
from aiohttp import web

from proxy.errors import SettingsTrouble

_MOMENT = 0.5


def run_app(app: web.Application, address: str, what: str) -> None:
    """Serve `app` on `address` ("host:port"; port 0 takes a free one). Raises SettingsTrouble where it cannot."""
    uvloop.run(_serve(app, *read_address(address), what))


def read_address(address: str) -> tuple[str, int]:
    """`127.0.0.1:8082` or `[::1]:8082`."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise SettingsTrouble(f"{address!r} is no address to listen on; write it like 127.0.0.1:8082")
    return host.removeprefix("[").removesuffix("]"), int(port)


async def _serve(app: web.Application, host: str, port: int, what: str) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_MOMENT, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as trouble:
        await runner.cleanup()
        raise SettingsTrouble(f"cannot listen on {host}:{port}: {trouble.strerror or trouble}") from None
    taken = runner.addresses[0]
    print(f"{what}: http://{taken[0]}:{taken[1]}", flush=True)
    await stop.wait()
    await runner.cleanup()
