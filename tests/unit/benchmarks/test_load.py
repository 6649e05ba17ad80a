"""The load of the benchmarks, against a server that answers in every framing."""

import socketserver
import threading
from collections.abc import Iterator

import pytest

from benchmarks import load

BODY = b"x" * 100_000


class Answers(socketserver.StreamRequestHandler):
    """Answers by path: /length, /chunked, /500; ends after each answer to /once."""

    def handle(self) -> None:
        while line := self.rfile.readline():
            while self.rfile.readline() not in (b"\r\n", b""):
                pass
            path = line.split()[1]
            if path == b"/chunked":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                self.wfile.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY))
            else:
                status = b"500 No" if path == b"/500" else b"200 OK"
                self.wfile.write(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(BODY), BODY))
            if path == b"/once":
                return


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with Server(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("path", ["/length", "/chunked"])
def test_full_load_counts_what_was_answered(port: int, path: str) -> None:
    run = load.saturate(port, path, seconds=0.05, connections=2)
    assert run.answered >= 2
    assert run.failed == 0


def test_a_rate_sends_so_many_and_times_each(port: int) -> None:
    run = load.at_rate(port, "/length", seconds=0.1, rate=200, connections=4)
    assert (run.answered, run.failed, len(run.latencies)) == (20, 0, 20)
    assert min(run.latencies) > 0


def test_a_wrong_status_and_a_broken_connection_are_failures(port: int) -> None:
    assert load.at_rate(port, "/500", seconds=0.02, rate=100, connections=1).failed == 2
    assert load.saturate(port, "/once", seconds=0.05, connections=2).failed == 2


def test_so_many_are_asked_one_after_the_other_and_the_first_failure_is_told(port: int) -> None:
    load.times(port, "/chunked", 3, patience=10)
    with pytest.raises(ConnectionError, match="another status"):
        load.times(port, "/500", 3, patience=10)
    with pytest.raises(OSError):
        load.times(port, "/once", 3, patience=10)
