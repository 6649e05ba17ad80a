"""Log lines: one wide line a visit, and whatever else we have to say.

Nothing is formatted or written while a shopper waits: what is to be said is
put on a queue, and a thread writes the queue out in batches. A reader that
hangs costs lines (they are counted), never a page. No value can break out of
its line, and the ad platform's key is blacked out wherever it might appear.
"""

import logging
import os
import threading
import traceback
from collections import deque
from collections.abc import Callable
from typing import Final

from proxy.clock import Clock
from proxy.ops import lines
from proxy.ops.lines import Fields
from proxy.search.visit import Visit

_PAUSE_SECONDS: Final = 0.1
_QUEUE: Final = 20_000
# Writes of this size to a pipe are not torn apart by those of other workers (PIPE_BUF on Linux).
_ATOMIC: Final = 4096

# A shorter one guards nothing, and would black out parts of ordinary words.
_SHORTEST_SECRET: Final = 8


class Logs:
    """Writes the log of this process.

    Args:
        format: "text" or "json".
        descriptor: where lines are written to.
        clock: for the time that stands in each line.
        secret: never to appear in a line.
    """

    def __init__(self, format: str, descriptor: int, clock: Clock, secret: Callable[[], str] = str) -> None:
        self._visit_line, self._said_line = lines.FORMATS[format]
        self._descriptor = descriptor
        self._clock = clock
        self._secret = secret
        self._queue: deque[tuple[float, Visit | Fields]] = deque()
        self._lost = 0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._write_on, name="logs", daemon=True)
        self._handler = _Records(self)

    def start(self) -> None:
        """Begin to write; what Python's `logging` is told comes here too."""
        root = logging.getLogger()
        root.handlers = [self._handler]
        root.setLevel(logging.INFO)
        self._thread.start()

    def close(self) -> None:
        """Write what is left, for a second at most."""
        self._closing.set()
        self._thread.join(1.0)
        logging.getLogger().removeHandler(self._handler)

    def visit(self, visit: Visit) -> None:
        """A visit has ended."""
        self._put(visit)

    def say(self, level: str, message: str, **fields: object) -> None:
        """Anything else."""
        self._put({"level": level, "message": message, **fields})

    def _put(self, what: Visit | Fields) -> None:
        if len(self._queue) < _QUEUE:
            self._queue.append((self._clock.wall(), what))
        else:
            self._lost += 1

    # -- the thread ---------------------------------------------------------

    def _write_on(self) -> None:
        last = False
        while not last:
            last = self._closing.wait(_PAUSE_SECONDS)
            self._write_queue()

    def _write_queue(self) -> None:
        batch = b""
        while self._queue or self._lost:
            line = self._next_line()
            if len(batch) + len(line) > _ATOMIC:
                self._write(batch)
                batch = b""
            batch += line
        self._write(batch)

    def _next_line(self) -> bytes:
        if self._queue:
            when, what = self._queue.popleft()
        else:
            lost, self._lost = self._lost, 0
            when, what = self._clock.wall(), {"level": "error", "message": "log lines were lost", "lines": lost}
        stamp = lines.stamp(when)
        line = self._visit_line(stamp, what) if isinstance(what, Visit) else self._said_line(stamp, what)
        secret = self._secret()
        hidden = line.replace(secret, "[key]") if len(secret) >= _SHORTEST_SECRET else line
        return hidden.encode("utf-8", "replace") + b"\n"

    def _write(self, batch: bytes) -> None:
        while batch:
            try:
                batch = batch[os.write(self._descriptor, batch) :]
            except OSError:  # nobody reads any more, or the disk is full: there is no one to tell
                return


class _Records(logging.Handler):
    """Python's log records, on the same queue."""

    def __init__(self, logs: Logs) -> None:
        super().__init__()
        self._logs = logs

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, object] = {"logger": record.name}
        if record.exc_info and record.exc_info[0] is not None:
            fields["traceback"] = "".join(traceback.format_exception(*record.exc_info))[-lines.LONGEST_VALUE :]
        self._logs.say(record.levelname.lower(), record.getMessage(), **fields)
