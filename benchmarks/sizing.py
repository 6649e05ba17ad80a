"""`python -m benchmarks.sizing`: measures one worker, and writes docs/sizing.md: what to run for how many pages.

The measuring is here, the arithmetic and the words are in `plans.py`. Redis is
measured alone, with the configuration of deploy/compose and a script of about
the work that keeping an event is; where there is no redis-server it is left out.
"""

import argparse
import contextlib
import os
import select
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks import events, growth, machine, meter, plans
from benchmarks.ours import OURS, proxy
from benchmarks.running import ROOT, free_port, running, wait_for_port
from benchmarks.stage import FULL, QUICK, Stage, compared, stage
from benchmarks.subjects import BUILD
from benchmarks.workloads import Workload

WORKLOADS = [
    *[Workload(f"a page of {size} KB, two ads", f"/search/{size}?q=jacket", size) for size in (12, 50, 400)],
    Workload(plans.ASSUMED.plain, "/raw/12?q=jacket", 12, merges=False),
]

# What is new: its mark, for seven days, and the event itself, in the order of arrival.
_KEEP = """
if redis.call('SET', KEYS[1], '1', 'NX', 'EX', '604800') then redis.call('XADD', KEYS[2], '*', 'event', ARGV[1]) end
return 1
"""
_EVENT = b"x" * 400


def measured(stage: Stage) -> plans.Figures:
    """One worker on one core: pages, memory, events; and Redis by itself."""
    with stage.up(proxy(OURS)) as entrant:
        found = compared([entrant], WORKLOADS, stage.effort)
        parent, *workers = meter.memory_mb(entrant.pid)
    (one_worker, *_) = events.SUBJECTS
    effort, places = stage.effort, (stage.marketplace, stage.ads)
    taken = events.measure(one_worker, *places, stage.cores, effort.rounds, effort.rate)
    return plans.Figures(
        pages={each.name: (found[OURS, each.name].cpu_ms(), found[OURS, each.name].per_second()) for each in WORKLOADS},
        event_ms=taken[max(events.CONNECTIONS)].cpu_ms(),
        events={number: taken[number].per_second() for number in events.CONNECTIONS},
        redis=of_redis(stage),
        parent_mb=parent,
        worker_mb=max(workers),
    )


def of_redis(stage: Stage) -> Mapping[int, float]:
    """Events a second that Redis keeps, by senders at once; nothing where there is no Redis."""
    if shutil.which("redis-server") is None:
        return {}
    BUILD.mkdir(parents=True, exist_ok=True)
    # Beside the sources and not among temporary files: those often lie in memory, where a sync costs nothing.
    with tempfile.TemporaryDirectory(prefix="redis-", dir=BUILD) as name, redis(Path(name), stage.mine) as port:
        return {senders: kept_a_second(port, senders, stage.effort.rate) for senders in events.CONNECTIONS}


@contextlib.contextmanager
def redis(folder: Path, core: int) -> Iterator[int]:
    """A Redis with deploy/compose's configuration; its port."""
    port = free_port()
    text = (ROOT / "deploy" / "compose" / "redis.conf").read_text()
    text = text.replace("bind * -::*", "bind 127.0.0.1").replace("port 6379", f"port {port}")
    text = text.replace("dir /data", f"dir {folder}").replace("include /run/secrets/redis-password", "")
    (folder / "redis.conf").write_text(text)
    with running(["redis-server", str(folder / "redis.conf")], core, folder / "log", {}) as process:
        wait_for_port(port, process)
        yield port


def kept_a_second(port: int, senders: int, seconds: float) -> float:
    """Senders that each wait for an answer before the next event, for so long."""
    numbers = iter(range(sys.maxsize))
    run = f"{port}-{senders}-{time.time_ns()}"
    connections = [socket.create_connection(("127.0.0.1", port)) for _ in range(senders)]
    by_fd = {connection.fileno(): connection for connection in connections}
    poll = select.epoll()
    answered = 0
    for connection in connections:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        poll.register(connection, select.EPOLLIN)
        connection.sendall(_command(f"{run}-{next(numbers)}"))
    began = time.perf_counter()
    while time.perf_counter() < began + seconds:
        for fd, _ in poll.poll(1):
            answer = by_fd[fd].recv(4096)
            if answer != b":1\r\n":
                raise RuntimeError(f"Redis: {answer!r}")
            answered += 1
            by_fd[fd].sendall(_command(f"{run}-{next(numbers)}"))
    took = time.perf_counter() - began
    for connection in connections:
        connection.close()
    poll.close()
    return answered / took


def _command(id_: str) -> bytes:
    words = (b"EVAL", _KEEP.encode(), b"2", f"seen:{id_}".encode(), b"events", _EVENT)
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def main() -> int:
    """Write the page. Exit status 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sizing", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one short round, rougher figures")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "sizing.md", help="where to; default %(default)s")
    options = parser.parse_args()
    began, load_average = time.monotonic(), os.getloadavg()[0]
    with stage(QUICK if options.quick else FULL) as place:
        figures = measured(place)
        grows = growth.section(place).paragraphs
    about = machine.about(time.monotonic() - began, load_average)
    if options.quick:
        about += " It was a short run (`--quick`), and these are rougher figures."
    options.out.write_text(plans.written(figures, about, grows))
    print(options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
