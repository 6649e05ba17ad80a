"""The proxy in one process, its stack looked at each time that it has used some more CPU.

`python -m benchmarks.peers.ours_sampled PORT MARKETPLACE ADS`, until SIGTERM; then
the file that `SAMPLES` names gets how often each function was found at work: the
innermost one of Python, with what it had called in C and in the kernel.
"""

import json
import os
import signal
import sys
from collections import Counter
from pathlib import Path
from types import FrameType

import uvloop

from benchmarks.peers.ours_alone import serve

EVERY = 0.001
"""Seconds of CPU between two looks; the kernel's own tick may be longer."""


def main() -> None:
    """The process."""
    found: Counter[tuple[str, str]] = Counter()

    def look(_: int, frame: FrameType | None) -> None:
        if frame is not None:
            found[frame.f_code.co_filename, frame.f_code.co_qualname] += 1

    async def sampled() -> None:
        signal.signal(signal.SIGPROF, look)
        signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
        try:
            await serve(int(sys.argv[1]), *sys.argv[2:4])
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    uvloop.run(sampled())
    Path(os.environ["SAMPLES"]).write_text(json.dumps([[*function, count] for function, count in found.items()]))


if __name__ == "__main__":
    main()
