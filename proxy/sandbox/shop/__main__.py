"""`python -m proxy.sandbox.shop`: the shop as a process of its own."""

import argparse
import sys

from proxy.errors import SettingsTrouble
from proxy.sandbox.running import run_app
from proxy.sandbox.shop.server import Shop


def main() -> int:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m proxy.sandbox.shop", description="The demo's marketplace.")
    parser.add_argument("--listen", metavar="HOST:PORT", default="127.0.0.1:8081", help="default %(default)s")
    parser.add_argument("--delay", metavar="SECONDS", type=float, default=0.0, help="how long each answer takes")
    parser.add_argument("--report", metavar="URL", help="where the ad platform reports, for a link to it")
    parser.add_argument("--events", metavar="PATH", help="report to PATH/v2/events, where a proxy stands in front")
    args = parser.parse_args()
    try:
        run_app(Shop(args.delay, args.report, args.events).app(), args.listen, "shop")
    except SettingsTrouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
