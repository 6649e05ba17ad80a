"""Backends of others, and the ad platform in a box, as processes of their own.

with started([PYTHON, "serve.py"]) as url: ...      # it says `http://...` once it can be asked
with sandbox(folder, {"7": 2.0, "3": 1.5}) as url:  # these products are bid for, so much a click
"""

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.conformance.running import CANARY, ROOT, wait_for

HERE = Path(__file__).parent
START = 60.0  # Vendure is there after four seconds on a machine that does nothing else


@contextlib.contextmanager
def started(command: Sequence[str | Path], **env: str) -> Iterator[str]:
    """A process that runs as long as the block; where it says that it listens, as a URL without a last slash."""
    with tempfile.NamedTemporaryFile("w+") as said:
        process = subprocess.Popen(
            command,
            env={"PATH": os.environ["PATH"], **env},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            yield _url(process, Path(said.name))
        finally:
            process.kill()
            process.wait(10)


def _url(process: subprocess.Popen[bytes], said: Path) -> str:
    pattern = re.compile(r"http://127\.0\.0\.1:\d+\b")

    def has_said() -> bool:
        assert process.poll() is None, "it ended by itself"
        return bool(pattern.search(said.read_text()))

    try:
        wait_for(has_said, "where it listens", START)
    except AssertionError as late:
        raise AssertionError(f"{late}; it said:\n{said.read_text()}") from None
    return pattern.search(said.read_text())[0]


@contextlib.contextmanager
def sandbox(folder: Path, bids: Mapping[str, float], elsewhere: Mapping[str, str] | None = None) -> Iterator[str]:
    """The ad platform in a box: a campaign that bids for these products, and one for each product of a keyword."""
    campaigns = [{"name": "All", "bids": [{"product": product, "bid": bid} for product, bid in bids.items()]}]
    for word, product in (elsewhere or {}).items():
        campaigns.append({"name": word, "keywords": [word], "bids": [{"product": product, "bid": 5.0}]})
    (folder / "market.yaml").write_text(json.dumps({"campaigns": campaigns}))
    flags = ["--config", folder / "market.yaml", "--data", folder / "sandbox", "--listen", "127.0.0.1:0"]
    command = [sys.executable, "-m", "proxy", "sandbox", *flags]
    with started(command, SPONSORED_PROXY_ADS_KEY=CANARY, PYTHONPATH=str(ROOT), PYTHONUNBUFFERED="1") as url:
        yield url
