"""`serve`, with another app in its workers: the first argument says which."""

import argparse
import sys

from proxy.cli import serve
from proxy.server import supervisor

supervisor.Supervisor.__init__.__defaults__ = (sys.argv[1],)
parser = argparse.ArgumentParser()
serve.add_flags(parser)
from proxy.cli.main import _told  # noqa: E402
from proxy.errors import Trouble  # noqa: E402

try:
    sys.exit(serve.run(parser.parse_args(sys.argv[2:])))
except Trouble as trouble:
    print(_told(trouble), file=sys.stderr)
    sys.exit(1)
