"""The proxy without one of its settings, to see what that setting brings.

`python -m benchmarks.peers.ours_without gc|allocator serve ...`: workers with
Python's own thresholds and no freeze, or with glibc's own thresholds.
"""

import os
import sys
from pathlib import Path

from proxy.cli.main import main
from proxy.server import child


def without(setting: str) -> None:
    """Take it away from the workers that this process will start."""
    if setting == "allocator":
        child.BODIES_STAY_ON_THE_HEAP.clear()
    elif setting == "gc":
        os.environ["PYTHONPATH"] = str(Path(__file__).parent / "plain_gc")
    else:
        raise SystemExit(f"{setting}: gc or allocator")


if __name__ == "__main__":
    without(sys.argv.pop(1))
    sys.exit(main())
