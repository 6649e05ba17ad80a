"""What is large, slow or many costs memory that does not grow with it."""

import contextlib
import hashlib
import resource
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.faults import shop
from tests.integration.faults.launch import Proxy, proxy, wait_until
from tests.integration.faults.shopper import Shopper, ask, ask_many, request
from tests.integration.faults.stage import JSON, Actor, Exchange, Stage, head

MEGABYTE = 1 << 20
IDLE = 9_900  # 10,000 are let in by default; the visits need some
BLOCK = bytes(range(256)) * 4096  # 1 MB

FLAT = 16 * MEGABYTE
"""What a transfer of any size may add to the memory of all processes."""


async def shop_with_a_warehouse(exchange: Exchange) -> None:
    """GET /blob/N sends N megabytes; POST answers with the SHA-256 of what came; anything else is the search."""
    asked = exchange.request
    if asked.target.startswith("/blob/"):
        megabytes = int(asked.target.rpartition("/")[2])
        await exchange.send(head("200 OK", [("Content-Length", str(megabytes * MEGABYTE))]))
        for _ in range(megabytes):
            await exchange.send(BLOCK)
    elif asked.method == "POST":
        digest = hashlib.sha256()
        missing = int(asked.header("content-length") or 0)
        while missing:
            data = await exchange.reader.read(min(missing, MEGABYTE))
            if not data:
                raise EOFError
            digest.update(data)
            missing -= len(data)
        await exchange.answer(digest.hexdigest().encode(), headers=JSON)
    else:
        await shop.search(exchange)


@pytest.fixture(scope="module")
def marketplace() -> Iterator[Actor]:
    stage = Stage()
    actor = stage.actor(shop_with_a_warehouse)
    actor.reads_bodies = False
    yield actor
    stage.close()


@pytest.fixture(scope="module")
def running(marketplace: Actor, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    stage = Stage()
    ads = stage.actor(shop.two_winners)
    folder = tmp_path_factory.mktemp("proxy")
    with proxy(folder, {"search.yaml": shop.PATIENT_RULE}, marketplace.url, ads.url) as running:
        ask_many(running.port, ["/api/search", "/blob/4"] * 10, 4)  # what is allocated once, is
        yield running
    stage.close()


def download(running: Proxy, megabytes: int) -> int:
    """Fetch a blob without keeping it; the most memory that the proxy had meanwhile. AssertionError where it is wrong."""
    digest, received, most = hashlib.sha256(), 0, 0
    with Shopper(running.port) as shopper:
        shopper.socket.sendall(request(f"/blob/{megabytes}"))
        data = b""
        while b"\r\n\r\n" not in data:
            data += shopper.socket.recv(65536)
        data = data.partition(b"\r\n\r\n")[2]
        while True:
            digest.update(data)
            received += len(data)
            if received // (8 * MEGABYTE) != (received - len(data)) // (8 * MEGABYTE):
                most = max(most, running.memory())
            if received >= megabytes * MEGABYTE:
                break
            data = shopper.socket.recv(MEGABYTE)
            assert data
    assert digest.hexdigest() == of_blocks(megabytes)
    return most


def upload(running: Proxy, megabytes: int) -> int:
    """Send so much; the most memory that the proxy had meanwhile. AssertionError where not all of it arrived."""
    most = 0
    with Shopper(running.port, seconds=300) as shopper:
        lines = f"POST /upload HTTP/1.1\r\nHost: shop.example\r\nContent-Length: {megabytes * MEGABYTE}\r\n\r\n"
        shopper.socket.sendall(lines.encode())
        for number in range(megabytes):
            shopper.socket.sendall(BLOCK)
            if number % 8 == 0:
                most = max(most, running.memory())
        answer = shopper.read("POST")
    assert answer.body.decode() == of_blocks(megabytes)
    return most


def of_blocks(megabytes: int) -> str:
    """The SHA-256 of so many blocks."""
    digest = hashlib.sha256()
    for _ in range(megabytes):
        digest.update(BLOCK)
    return digest.hexdigest()


@pytest.mark.parametrize("megabytes", [64, pytest.param(1024, marks=pytest.mark.long)])
@pytest.mark.parametrize("way", [download, upload])
def test_a_transfer_of_any_size_takes_the_same_memory(way: object, megabytes: int, running: Proxy) -> None:
    assert callable(way)
    before = running.memory()
    assert way(running, megabytes) < before + FLAT


def test_shoppers_who_do_not_read_hold_no_more_than_a_buffer(running: Proxy) -> None:
    before = running.memory()
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(Shopper(running.port)) for _ in range(20)]
        for shopper in slow:
            shopper.socket.sendall(request("/blob/64"))
        for shopper in slow:  # the answer has begun
            assert shopper.socket.recv(12) == b"HTTP/1.1 200"
        pages = ask_many(running.port, ["/api/search"] * 50, 4)
        assert {answer.reason for answer in pages} == {"served"}
        assert running.memory() < before + 2 * FLAT


def test_a_marketplace_that_does_not_read_holds_no_more_than_a_buffer(running: Proxy, marketplace: Actor) -> None:
    async def deaf(exchange: Exchange) -> None:
        exchange.writer.transport.pause_reading()  # type: ignore[attr-defined]
        while not over.is_set():
            await exchange.wait(0.05)
        exchange.reset()

    before = running.memory()
    # A shopper who leaves within a stalled upload is noticed only when the upload moves: it must not outlive this test.
    over = threading.Event()
    marketplace.forget()
    marketplace.part = deaf
    try:
        with contextlib.ExitStack() as stack:
            for _ in range(10):
                shopper = stack.enter_context(Shopper(running.port))
                lines = f"POST /upload HTTP/1.1\r\nHost: shop.example\r\nContent-Length: {64 * MEGABYTE}\r\n\r\n"
                shopper.socket.sendall(lines.encode())
                shopper.socket.setblocking(False)
                with contextlib.suppress(BlockingIOError):  # as much as anybody takes
                    while True:
                        shopper.socket.send(BLOCK)
            wait_until(lambda: len(marketplace.seen) == 10, what="the uploads' arrival")
            assert running.memory() < before + 2 * FLAT
    finally:
        over.set()
        marketplace.part = shop_with_a_warehouse


def test_shoppers_who_send_their_head_by_the_byte_hold_up_nobody(running: Proxy) -> None:
    before = running.memory()
    with contextlib.ExitStack() as stack:
        drips = [stack.enter_context(Shopper(running.port)) for _ in range(300)]
        for byte in request("/api/search")[:-2]:
            for drip in drips:
                drip.socket.sendall(bytes([byte]))
        pages = ask_many(running.port, ["/api/search"] * 50, 4)
        assert {answer.reason for answer in pages} == {"served"}
        assert running.memory() < before + FLAT


def test_a_body_that_drips_in_holds_up_nobody(running: Proxy, marketplace: Actor) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(100):
            drip = stack.enter_context(Shopper(running.port))
            drip.socket.sendall(b"POST /api/search HTTP/1.1\r\nHost: shop\r\nContent-Length: 1000\r\n\r\nx")
        pages = ask_many(running.port, ["/api/search"] * 50, 4)
        assert {answer.reason for answer in pages} == {"served"}
    wait_until(lambda: marketplace.open <= 64, what="the end of what was begun for those who left")


@pytest.mark.long
def test_thousands_of_idle_connections_are_a_trifle(running: Proxy) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard < 12_000:
        pytest.skip(f"only {hard} files may be open here")
    before = running.memory()
    with contextlib.ExitStack() as stack:
        for number in range(IDLE):
            idle = stack.enter_context(Shopper(running.port))
            if number % 100 == 0:  # some have asked before they went idle
                assert idle.ask("/api/search").reason == "served"
        pages = ask_many(running.port, ["/api/search"] * 200, 4)
        assert {answer.reason for answer in pages} == {"served"}
        assert shop.p99(pages) < 2.0
        assert running.memory() < before + 400 * MEGABYTE  # 40 KB each
    wait_until(lambda: ask(running.port, "/api/search").reason == "served", what="a page afterwards")


def test_a_house_full_of_idle_connections_lets_a_shopper_in(stage: Stage, tmp_path: Path) -> None:
    """Connections that ask nothing must not keep out, for as long as they like, who does."""
    marketplace, ads = stage.actor(shop.search), stage.actor(shop.two_winners)
    flags = ("--max-connections", "50")
    with proxy(tmp_path, {"search.yaml": shop.PATIENT_RULE}, marketplace.url, ads.url, *flags) as running:
        with contextlib.ExitStack() as stack:
            for number in range(50):
                idle = stack.enter_context(Shopper(running.port))
                if number % 2:
                    assert idle.ask("/api/search").status == 200
            answer = ask(running.port, "/api/search")
        assert answer.status == 200
        assert answer.seconds < 5.0


@pytest.mark.long
def test_a_head_that_never_ends_is_given_up(running: Proxy) -> None:
    with Shopper(running.port, seconds=200) as drip:
        drip.socket.sendall(b"GET / HTTP/1.1\r\nHost: shop\r\n")
        with contextlib.suppress(ConnectionResetError, socket.timeout):
            while drip.socket.recv(4096):
                pass
            return
    pytest.fail("still open after 200 s")
