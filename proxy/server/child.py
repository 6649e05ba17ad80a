"""A worker as the parent sees it: the process, the channel, what it said last."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import proxy
from proxy.clock import Clock
from proxy.ops import metrics
from proxy.ops.metrics import Tally
from proxy.server import control
from proxy.server.control import Channel
from proxy.server.settings import KEY_VARIABLE

# glibc gives a large buffer back to the system when it is freed, and pays a page fault for each 4 KiB of the next one:
# more than half the cost of a page of 400 KB. The largest body that is held is 4 MiB (`--max-body`).
BODIES_STAY_ON_THE_HEAP: Final = {"MALLOC_MMAP_THRESHOLD_": str(8 << 20), "MALLOC_TRIM_THRESHOLD_": str(32 << 20)}


class Child:
    """A worker from its birth to its death. `generation` is that of the rules it serves by; 0: it does not serve yet.

    Args:
        number: its place among the workers, from 1.
        process: the process.
        channel: our end of the channel.
        clock: for when it was last heard of.
    """

    def __init__(self, number: int, process: asyncio.subprocess.Process, channel: Channel, clock: Clock) -> None:
        self.number = number
        self.generation = 0
        self.tally = Tally()
        self.born = self.heard = clock.now()
        self._process = process
        self._channel = channel
        self._clock = clock
        self._news = asyncio.Event()

    @classmethod
    async def start(
        cls, number: int, listener: socket.socket, app: str, clock: Clock, told: Callable[[], control.Start]
    ) -> "Child":
        """Start a worker.

        It inherits the listening socket and its end of the channel, over which it is `told` the rest: last of all,
        so that what is in force is what stands in it.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "proxy.server.worker"),
                *(str(listener.fileno()), str(theirs.fileno()), app),
                pass_fds=(listener.fileno(), theirs.fileno()),
                stdin=asyncio.subprocess.DEVNULL,
                env=_environment(),
            )
        channel = await Channel.over(ours)
        channel.say(told())
        return cls(number, process, channel, clock)

    @property
    def pid(self) -> int:
        return self._process.pid

    def say(self, message: control.ToWorker) -> None:
        """Tell it something."""
        self._channel.say(message)

    async def live(self, hear: Callable[["Child", control.ToParent], None]) -> str:
        """Hear it out until it is dead; how it died."""
        async for message in self._channel.messages():
            self.heard = self._clock.now()
            if isinstance(message, control.News):
                self.tally = metrics.read(message.metrics)
                self._news.set()
            if isinstance(message, control.Serving):
                self.generation = message.generation
            if isinstance(message, control.ToParent):
                hear(self, message)
        code = await self._process.wait()
        self._channel.close()
        self._news.set()
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    async def report(self, within: float) -> None:
        """Ask for its numbers, and wait for them for so many seconds at most."""
        self._news.clear()
        self.say(control.Report())
        try:
            await asyncio.wait_for(self._news.wait(), within)
        except TimeoutError:
            return

    def kill(self) -> None:
        """End it at once."""
        if self._process.returncode is None:
            self._process.kill()


def _environment() -> dict[str, str]:
    """Ours, without the key, and so that the same `proxy` is found."""
    environment = {name: value for name, value in os.environ.items() if name != KEY_VARIABLE}
    places = [str(Path(proxy.__file__).parent.parent), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, places))
    return BODIES_STAY_ON_THE_HEAP | environment
