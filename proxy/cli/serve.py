"""`sponsored-proxy serve`: runs the proxy."""

import argparse
import asyncio
import logging
import os
import sys

from proxy.clock import SystemClock
from proxy.ops.logs import Logs
from proxy.server.connection import assert_aiohttp
from proxy.server.read_settings import add_flags, misspelt_variables, read_settings
from proxy.server.settings import Settings
from proxy.server.supervisor import Supervisor


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `serve` to the command line: every setting is a flag."""
    parser = subparsers.add_parser(
        "serve",
        help="run the proxy",
        description="Runs the proxy: shoppers come in at --listen, the marketplace stands at --upstream.",
        epilog="The ad platform's key is never a flag: name its file with --ads-key-file.",
        allow_abbrev=False,
    )
    add_flags(parser)


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop."""
    settings = read_settings(vars(args), os.environ)
    assert_aiohttp()
    logs = Logs(settings.log_format, sys.stdout.fileno(), SystemClock(), secret=settings.ads_key)
    logs.start()
    try:
        for hint in misspelt_variables(os.environ):
            logging.getLogger(__name__).warning("%s", hint)
        return asyncio.run(_serve(settings))
    finally:
        logs.close()


async def _serve(settings: Settings) -> int:
    return await Supervisor(settings, SystemClock()).run()
