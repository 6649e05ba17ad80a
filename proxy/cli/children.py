"""Processes that the demo starts, watches and ends.

Each child runs in a session of its own, so that a Ctrl-C in the terminal
reaches only the demo, which then ends them in order. What a child says is kept
(the last lines, for the case that it dies) and, where wanted, passed on.
"""

import asyncio
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

KEPT_LINES = 30


@dataclass
class Child:
    """One process of the demo.

    Attributes:
        name: as people call it ("the ad platform").
        command: behind `python -m`.
        check: address that answers as soon as it serves, "http://127.0.0.1:8082/healthz".
        hear: gets each line that it says.
    """

    name: str
    command: Sequence[str]
    check: str
    hear: Callable[[str], None] = lambda line: None
    said: deque[str] = field(default_factory=lambda: deque(maxlen=KEPT_LINES))
    process: asyncio.subprocess.Process | None = None
    _hearing: asyncio.Task[None] | None = None

    async def start(self, environment: Mapping[str, str]) -> None:
        """Start it, or start it again."""
        self.said.clear()
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *self.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            env=dict(environment),
        )
        self._hearing = asyncio.create_task(self._listen(self.process))

    @property
    def pid(self) -> int:
        """Its process id; 0 before it is started."""
        return self.process.pid if self.process else 0

    async def ended(self) -> str:
        """Wait until it ends; how it did."""
        if self.process is None:
            return "was never started"
        code = await self.process.wait()
        return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"

    async def ready(self) -> None:
        """Wait until it answers. Raises ChildDied where it ends before."""
        answering = asyncio.create_task(_until_it_answers(self.check))
        ending = asyncio.create_task(self.ended())
        await asyncio.wait({answering, ending}, return_when=asyncio.FIRST_COMPLETED)
        answering.cancel()
        if ending.done():
            await self._heard()
            raise ChildDied(self, ending.result())
        ending.cancel()

    async def end(self, within: float) -> None:
        """Ask it to end, and make it after `within` seconds. Returns when it is gone."""
        if self.process is None:
            return
        if self.process.returncode is None:
            self._signal(signal.SIGTERM)
            with suppress(TimeoutError):
                await asyncio.wait_for(self.process.wait(), within)
        # The whole session, also where the process is gone: nothing that it started stays behind.
        self._signal(signal.SIGKILL)
        await self.process.wait()
        await self._heard()

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            if number == signal.SIGKILL:
                os.killpg(self.pid, number)
            else:
                os.kill(self.pid, number)

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        with suppress(ValueError):  # a line longer than the buffer: no line of ours
            async for line in process.stdout:
                text = line.decode("utf-8", "replace").rstrip()
                self.said.append(text)
                self.hear(text)

    async def _heard(self) -> None:
        if self._hearing is not None:
            await asyncio.wait({self._hearing}, timeout=1)


class ChildDied(Exception):
    """A child ended before it served. `how` says how; its last lines are in `child.said`."""

    def __init__(self, child: Child, how: str) -> None:
        super().__init__(f"{child.name} {how}")
        self.child = child
        self.how = how


async def _until_it_answers(address: str) -> None:
    host, _, rest = address.removeprefix("http://").partition("/")
    name, _, port = host.rpartition(":")
    # Another process cannot set an event of ours: it has to be asked.
    while not await _answers(name, int(port), f"/{rest}"):  # noqa: ASYNC110
        await asyncio.sleep(0.05)


async def _answers(host: str, port: int, path: str) -> bool:
    """Does it answer 200 within a second?"""
    try:
        reader, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nhost: {host}:{port}\r\nconnection: close\r\n\r\n".encode())
        line = await asyncio.wait_for(reader.readline(), 1)
        return line.split(b" ")[1:2] == [b"200"]
    except (OSError, TimeoutError):
        return False
    finally:
        writer.close()
