"""What the marketplace does wrong reaches the shopper as what it is, and nobody else.

One proxy for all of it, as in life: after each fault the next shopper gets a
good page. A shopper is told that there is no answer, or sees that it broke
off; never half a page as if it were a whole one, and no detail of ours.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.faults import shop
from tests.integration.faults.failures import MARKETPLACE, Failure, bomb, says, silent
from tests.integration.faults.launch import Proxy, proxy, wait_until
from tests.integration.faults.shopper import Answer, Shopper, ask, request
from tests.integration.faults.stage import JSON, Actor, Exchange, Part, Stage, black_hole, head, refusing

MATCHED, PASSED = "/api/search?q=x", "/elsewhere?q=x"
PATIENCE = 1.0
"""`--upstream-timeout` of these tests, in seconds."""


@pytest.fixture(scope="module")
def marketplace() -> Iterator[Actor]:
    stage = Stage()
    yield stage.actor(shop.search)
    stage.close()


@pytest.fixture(scope="module")
def running(marketplace: Actor, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    stage = Stage()
    ads = stage.actor(shop.two_winners)
    folder = tmp_path_factory.mktemp("proxy")
    flags = ("--upstream-timeout", f"{PATIENCE:.0f}s")
    with proxy(folder, {"search.yaml": shop.PATIENT_RULE}, marketplace.url, ads.url, *flags) as running:
        yield running
    stage.close()


@pytest.fixture(autouse=True)
def healthy_before_and_after(marketplace: Actor, running: Proxy) -> Iterator[None]:
    """Each test begins with a marketplace in health, and leaves a proxy that serves the next shopper well."""
    marketplace.part = shop.search
    marketplace.forget()
    yield
    marketplace.part = shop.search
    assert shop.merged_faults(ask(running.port, MATCHED), "p4", "p2") == []
    assert ask(running.port, PASSED).body == shop.PAGE


def problem_faults(answer: Answer, status: int, marketplace_port: int) -> list[str]:
    """Everything in which an answer is not the JSON problem that a shopper is told."""
    faults = []
    if (answer.status, answer.header("content-type")) != (status, "application/problem+json"):
        faults.append(f"{answer.status} {answer.header('content-type')}")
    if not answer.complete or json.loads(answer.body).get("status") != status:
        faults.append(f"complete {answer.complete}: {answer.body!r}")
    told = answer.body + repr(answer.headers).encode()
    faults += [word for word in ("127.0.0.1", str(marketplace_port), "Traceback", "aiohttp") if word.encode() in told]
    return faults


@pytest.mark.parametrize("target", [MATCHED, PASSED], ids=["page", "pass"])
@pytest.mark.parametrize("failure", MARKETPLACE, ids=lambda failure: failure.name)
def test_a_shopper_is_told_that_there_is_no_answer_or_sees_that_it_broke_off(
    failure: Failure, target: str, marketplace: Actor, running: Proxy
) -> None:
    marketplace.part = failure.part
    answer = ask(running.port, target)
    if failure.status or answer.status in (502, 504):
        assert problem_faults(answer, failure.status or 502, marketplace.port) == []
        if target == MATCHED:
            assert answer.reason == ("marketplace_slow" if failure.status == 504 else "marketplace_down")
    else:
        assert not answer.complete
        assert answer.status in (0, 200)
    assert answer.seconds < PATIENCE + 2.0


@pytest.mark.parametrize("failure", MARKETPLACE[:4], ids=lambda failure: failure.name)
def test_a_post_without_an_answer_is_never_sent_twice(failure: Failure, marketplace: Actor, running: Proxy) -> None:
    ask(running.port, PASSED)  # a connection is open and could be used again
    marketplace.forget()
    marketplace.part = failure.part
    assert ask(running.port, PASSED, "POST", body=b"one order").status == 502
    assert [request.body for request in marketplace.seen] == [b"one order"]


@pytest.mark.parametrize("target", [MATCHED, PASSED], ids=["page", "pass"])
def test_a_get_without_an_answer_is_sent_twice_at_most(target: str, marketplace: Actor, running: Proxy) -> None:
    marketplace.part = MARKETPLACE[0].part
    assert ask(running.port, target).status == 502
    assert 1 <= len(marketplace.seen) <= 2


def test_a_marketplace_that_refuses_connections_is_a_502_at_once(stage: Stage, tmp_path: Path) -> None:
    ads = stage.actor(shop.two_winners)
    with (
        refusing() as port,
        proxy(tmp_path, {"search.yaml": shop.PATIENT_RULE}, f"http://127.0.0.1:{port}", ads.url) as down,
    ):
        for target in (MATCHED, PASSED):
            answer = ask(down.port, target)
            assert problem_faults(answer, 502, port) == []
            assert answer.seconds < 2.0
        assert ask(down.port, MATCHED).reason == "marketplace_down"
        assert "Traceback" not in down.log()
    assert ads.seen == []


def test_a_marketplace_that_answers_no_syn_is_a_504_after_three_seconds(stage: Stage, tmp_path: Path) -> None:
    ads = stage.actor(shop.two_winners)
    with (
        black_hole() as port,
        proxy(tmp_path, {"search.yaml": shop.PATIENT_RULE}, f"http://127.0.0.1:{port}", ads.url) as down,
    ):
        answer = ask(down.port, MATCHED)
    assert problem_faults(answer, 504, port) == []
    assert answer.seconds < 6.0


def test_a_slow_marketplace_still_gets_its_page_sponsored(marketplace: Actor, running: Proxy) -> None:
    async def slow(exchange: Exchange) -> None:
        await exchange.wait(PATIENCE / 2)
        await exchange.send(head("200 OK", [*shop.PAGE_HEADERS, ("Content-Length", str(len(shop.PAGE)))]))
        for start in range(0, len(shop.PAGE), 500):
            await exchange.wait(0.1)
            await exchange.send(shop.PAGE[start : start + 500])

    marketplace.part = slow
    assert shop.merged_faults(ask(running.port, MATCHED), "p4", "p2") == []
    assert ask(running.port, PASSED).body == shop.PAGE


@pytest.mark.parametrize("extra", [b"extra", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"])
@pytest.mark.parametrize("target", [MATCHED, PASSED], ids=["page", "pass"])
def test_bytes_after_the_length_reach_nobody(extra: bytes, target: str, marketplace: Actor, running: Proxy) -> None:
    async def chatty(exchange: Exchange) -> None:
        whole = head("200 OK", [*shop.PAGE_HEADERS, ("Content-Length", str(len(shop.PAGE)))]) + shop.PAGE
        await exchange.send(whole + extra)

    marketplace.part = chatty
    for _ in range(5):
        answer = ask(running.port, target)
        assert answer.complete
        assert (shop.merged_faults(answer, "p4", "p2") == []) if target == MATCHED else (answer.body == shop.PAGE)


HUGE = b'{"products": [{"id": "p1"}, {"id": "p2"}], "filling": "' + b"x" * (8 << 20) + b'"}'
HTML = b"<!DOCTYPE html><html><body>Back in a minute</body></html>"

UNREADABLE = [
    ("invalid JSON", shop.PAGE[:-20], (), "not_a_listing"),
    ("empty", b"", (), "not_a_listing"),
    ("HTML called JSON", HTML, (), "not_a_listing"),
    ("no list", b'{"products": null}', (), "not_a_listing"),
    ("another list", b'{"items": []}', (), "not_a_listing"),
    ("100,000 deep", b'{"products": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", (), "not_a_listing"),
    ("not UTF-8", shop.PAGE.replace("é ✓".encode(), b"\xff\xfe"), (), "not_a_listing"),
    ("a key twice on the path", b'{"products": [], "products": [{"id":"p4"},{"id":"p2"}]}', (), "not_a_listing"),
    ("gzip that is none", shop.PAGE, (("Content-Encoding", "gzip"),), "not_a_listing"),
    ("gzip cut short", bomb(1)[:-20], (("Content-Encoding", "gzip"),), "not_a_listing"),
    ("a coding that nobody knows", shop.PAGE, (("Content-Encoding", "x-foo"),), "not_a_listing"),
    ("gzip bomb", bomb(64), (("Content-Encoding", "gzip"),), "too_large"),
    ("huge", HUGE, (), "too_large"),
]


@pytest.mark.parametrize(("name", "body", "more", "reason"), UNREADABLE, ids=[name for name, *_ in UNREADABLE])
def test_a_page_that_cannot_be_read_streams_through_byte_for_byte(
    name: str, body: bytes, more: tuple[tuple[str, str], ...], reason: str, marketplace: Actor, running: Proxy
) -> None:
    headers = [*shop.PAGE_HEADERS, *more]

    async def unreadable(exchange: Exchange) -> None:
        await exchange.answer(body, headers=headers)

    marketplace.part = unreadable
    answer = ask(running.port, MATCHED, headers=[("Accept-Encoding", "gzip, x-foo")])
    assert shop.organic_faults(answer, body, headers) == []
    assert (answer.reason, answer.winners) == (reason, 0)


def test_a_huge_page_is_not_held_until_it_is_whole(marketplace: Actor, running: Proxy) -> None:
    async def huge(exchange: Exchange) -> None:
        await exchange.send(head("200 OK", [*JSON, ("Transfer-Encoding", "chunked")]))
        await exchange.send(b"%x\r\n%s\r\n" % (len(HUGE), HUGE))
        await exchange.hang()

    marketplace.part = huge
    with Shopper(running.port) as shopper:
        shopper.socket.sendall(request(MATCHED))
        received = 0
        while received < len(HUGE):
            data = shopper.socket.recv(1 << 20)
            assert data
            received += len(data)


@pytest.mark.parametrize("interim", ["100 Continue", "103 Early Hints", "102 Processing"])
@pytest.mark.parametrize("target", [MATCHED, PASSED], ids=["page", "pass"])
def test_interim_answers_are_not_the_answer(interim: str, target: str, marketplace: Actor, running: Proxy) -> None:
    async def talkative(exchange: Exchange) -> None:
        await exchange.send(head(interim, [("Link", "</a.css>; rel=preload")]) * 3)
        await shop.search(exchange)

    marketplace.part = talkative
    answer = ask(running.port, target)
    assert (shop.merged_faults(answer, "p4", "p2") == []) if target == MATCHED else (answer.body == shop.PAGE)


@pytest.mark.parametrize("status", ["404 Not Found", "500 Internal Server Error", "429 Too Many Requests"])
def test_an_error_of_the_marketplace_stays_its_own(status: str, marketplace: Actor, running: Proxy) -> None:
    marketplace.part = says(shop.PAGE, status)
    answer = ask(running.port, MATCHED)
    assert (answer.status, answer.body, answer.reason) == (int(status[:3]), shop.PAGE, "not_ok")


@pytest.mark.parametrize("target", [MATCHED, PASSED], ids=["page", "pass"])
def test_connections_closed_in_the_race_cost_no_post_and_double_none(
    target: str, marketplace: Actor, running: Proxy
) -> None:
    """Row D27r: the marketplace closes 0 to 3 ms after each answer."""

    async def closing(exchange: Exchange) -> None:
        await shop.search(exchange)
        await exchange.wait(len(marketplace.seen) % 4 / 1000)
        exchange.close()

    marketplace.part = closing
    with Shopper(running.port) as shopper:
        statuses = [shopper.ask(target, "POST", body=b"%d" % number).status for number in range(300)]
    assert statuses == [200] * 300
    assert [request.body for request in marketplace.seen] == [b"%d" % number for number in range(300)]


async def stalls_within_the_body(exchange: Exchange) -> None:
    """Half a page, and then nothing."""
    await exchange.send(head("200 OK", [*JSON, ("Content-Length", str(len(shop.PAGE)))]) + shop.PAGE[:500])
    await exchange.hang()


@pytest.mark.parametrize("part", [silent, stalls_within_the_body])
@pytest.mark.parametrize("target", [MATCHED, PASSED], ids=["page", "pass"])
def test_the_marketplace_does_not_work_for_a_shopper_who_has_left(
    target: str, part: Part, marketplace: Actor, running: Proxy
) -> None:
    marketplace.part = part
    open_before = marketplace.open
    with Shopper(running.port) as shopper:
        shopper.socket.sendall(request(target))
        wait_until(lambda: len(marketplace.seen) == 1, what="the request's arrival")
        assert marketplace.open <= open_before + 1
    left = time.monotonic()
    wait_until(lambda: marketplace.open == 0 or marketplace.open < open_before, what="the end of its connection")
    assert time.monotonic() - left < PATIENCE / 2  # not by the timeout
