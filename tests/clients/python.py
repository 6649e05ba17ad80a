"""Vendors' clients for Python, for tests: `run_client("solr", proxy.url).json` is what it read, call by call.

They live in an environment of their own (`make test` builds it from `requirements/clients.lock`); without it a test
is skipped, and fails where REQUIRE_ALL=1. What each client is asked is in `python_clients.py`.
"""

import os
import subprocess

from tests.clients.node import HERE, SECONDS, Ran
from tests.conformance.running import ROOT, needs

PYTHON = ROOT / ".venv/clients/bin/python"


def run_client(name: str, url: str) -> Ran:
    """Let a client make its calls at a URL. TimeoutExpired after `SECONDS`."""
    needs("the clients for Python (in .venv/clients)", PYTHON.exists())
    done = subprocess.run(
        [PYTHON, HERE / "python_clients.py", name, url],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
