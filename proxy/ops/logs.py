"""Log lines: one wide line a visit, and whatever else we have to say.

Nothing is formatted or written while a shopper waits: what is to be said is
put on a queue, and a thread writes the queue out in batches. A reader that
hangs costs lines (they are counted), never a page. No value can break out of
its line, and the ad platform's key is blacked out wherever it might appear.
"""

import json
import logging
import os
import re
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Mapping
from typing import Final

from proxy.clock import Clock
from proxy.search.visit import Visit

_PAUSE_SECONDS: Final = 0.1
_QUEUE: Final = 20_000
# Writes of this size to a pipe are not torn apart by those of other workers (PIPE_BUF on Linux).
_ATOMIC: Final = 4096
_LONGEST_VALUE: Final = 1000
_BARE: Final = re.compile(r"[!#-<>-\[\]-~]+")  # printable ASCII without space, quote, = and backslash

Fields = Mapping[str, object]


class Logs:
    """Writes the log of this process.

    Args:
        format: "text" or "json".
        descriptor: where lines are written to.
        clock: for the time that stands in each line.
        secret: never to appear in a line.
    """

    def __init__(self, format: str, descriptor: int, clock: Clock, secret: Callable[[], str] = str) -> None:
        self._render = as_json if format == "json" else as_text
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
        fields = fields_of(what) if isinstance(what, Visit) else what
        line = self._render({"time": _stamp(when), **fields})
        secret = self._secret()
        return (line.replace(secret, "[key]") if secret else line).encode("utf-8", "replace") + b"\n"

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
            fields["traceback"] = "".join(traceback.format_exception(*record.exc_info))[-_LONGEST_VALUE * 4 :]
        self._logs.say(record.levelname.lower(), record.getMessage(), **fields)


def fields_of(visit: Visit) -> Fields:
    """What the wide line says. The path is without its query: what shoppers type stays out of logs."""
    fields: dict[str, object] = {
        "page": visit.page,
        "reason": str(visit.reason),
        "winners": visit.winners,
        "status": visit.status,
        "upstream_ms": round(visit.upstream_ms, 1),
        "ads_ms": round(visit.ads_ms, 1),
        "proxy_ms": round(visit.proxy_ms, 1),
        "book": visit.book,
        "visit": visit.id,
        "method": visit.method,
        "path": visit.path.partition("?")[0],
    }
    if visit.arm:
        fields["arm"] = visit.arm
    if visit.detail:
        fields["detail"] = visit.detail
    return fields


def as_text(fields: Fields) -> str:
    """`time page=search reason=served …`; a message of ours comes as `time level message …`."""
    parts = [str(fields.get("time", ""))]
    if "message" in fields:
        parts.append(f"{fields.get('level', 'info')} {_one_line(str(fields['message']))}")
    told = ("time", "level", "message", "traceback")
    parts.extend(f"{name}={_value(value)}" for name, value in fields.items() if name not in told)
    if "traceback" in fields:
        # Each line of a traceback is a line of the log that cannot be taken for another.
        parts.append("".join(f"\n  | {_one_line(line)}" for line in str(fields["traceback"]).splitlines()))
    return " ".join(parts)


def as_json(fields: Fields) -> str:
    """One JSON object."""
    return json.dumps({name: _short(value) for name, value in fields.items()}, default=str)


def _value(value: object) -> str:
    text = str(_short(value))
    return text if _BARE.fullmatch(text) else json.dumps(text)


def _short(value: object) -> object:
    limit = _LONGEST_VALUE * 4
    return value[:limit] + "…" if isinstance(value, str) and len(value) > limit else value


def _one_line(text: str) -> str:
    """The text with whatever could end a line, or move a terminal's cursor, made visible."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _stamp(when: float) -> str:
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(when))}.{int(when % 1 * 1000):03d}Z"
