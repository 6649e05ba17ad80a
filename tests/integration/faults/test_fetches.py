"""A product that is fetched may hang, be garbage, or be wanted by nobody any more: the page never waits or breaks for it.

The first winner is not on the page, the second one is. Whatever becomes of the
first, the shopper gets the page with the second, whole, and so does the next
shopper over the same connections.
"""

import gzip
from collections.abc import Iterator

import pytest

from tests.integration.faults import shop
from tests.integration.faults.failures import fifty_megabytes, raw, resetting, says, silent
from tests.integration.faults.launch import Proxy, proxy, wait_until
from tests.integration.faults.shopper import Shopper, ask, request
from tests.integration.faults.stage import Exchange, Part, Stage, head

FETCH = '{missing: fetch, fetch: "/p/{id}"}'
RULE = shop.PATIENT_RULE.replace("{place: top}", FETCH)
HURRIED = RULE.replace("/api/search", "/api/hurried").replace("page: search", "page: hurried").replace("5s", "2s")
OK = "200 OK"
ITEM = b'{"id": "new", "price": 1.10}'


class Shop:
    """A marketplace with a search page, and one product whose answer is `product`."""

    def __init__(self, stage: Stage) -> None:
        self.product: Part = says(ITEM, OK)
        self.actor = stage.actor(self._part)

    async def _part(self, exchange: Exchange) -> None:
        await (self.product if exchange.request.target.startswith("/p/") else shop.search)(exchange)

    def fetches(self) -> int:
        return sum(each.target.startswith("/p/") for each in self.actor.seen)


async def one_is_missing(exchange: Exchange) -> None:
    await exchange.answer(shop.winners("new", "p4"), status="201 Created")


@pytest.fixture(scope="module")
def marketplace() -> Iterator[Shop]:
    stage = Stage()
    yield Shop(stage)
    stage.close()


@pytest.fixture(scope="module")
def running(marketplace: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    stage = Stage()
    ads = stage.actor(one_is_missing)
    folder = tmp_path_factory.mktemp("proxy")
    with proxy(folder, {"a.yaml": RULE, "b.yaml": HURRIED}, marketplace.actor.url, ads.url) as running:
        yield running
    stage.close()


@pytest.fixture(autouse=True)
def healthy_before_and_after(marketplace: Shop, running: Proxy) -> Iterator[None]:
    """Each test begins with a marketplace in health, and leaves a proxy that fetches for the next shopper."""
    marketplace.product = says(ITEM, OK)
    marketplace.actor.forget()
    yield
    marketplace.product = says(ITEM, OK)
    answer = ask(running.port, "/api/search?q=x")
    assert (answer.reason, answer.winners) == ("served", 2)
    assert answer.body.startswith(b'{"total": 10.0 , "products": [{"resolvedBidId":"bid-new","rank":1,"id": "new"')
    assert "Traceback" not in running.log()


def page_faults(running: Proxy, target: str = "/api/search?q=x") -> list[str]:
    """Everything in which a page is not the one with the second winner alone."""
    answer = ask(running.port, target)
    if (answer.status, answer.complete, answer.reason, answer.winners) != (200, True, "served", 1):
        return [f"{answer.status} {answer.reason} {answer.winners}, complete {answer.complete}"]
    expected = shop.PAGE[: shop.PAGE.index(b"[") + 1] + b'{"resolvedBidId":"bid-p4","rank":2,"id": "p4"'
    return [] if answer.body.startswith(expected) else [f"{answer.body[:200]!r}"]


GARBAGE: list[tuple[str, Part]] = [
    ("no JSON", says(ITEM[:-1], OK)),
    ("not UTF-8", says(b'{"id": "new", "x": "\xff"}', OK)),
    ("HTML called JSON", says(b"<html>Not found</html>", OK)),
    ("100,000 deep", says(b'{"id": "new", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", OK)),
    ("another product", says(b'{"id": "p1"}', OK)),
    ("an array", says(b'["new"]', OK)),
    ("a redirect", says(ITEM, "302 Found", ("Location", "http://127.0.0.1:1/"))),
    ("an error", says(ITEM, "500 Oh no")),
    ("gzip that is none", says(ITEM, OK, ("Content-Encoding", "gzip"))),
    ("gzip bomb", says(gzip.compress(b" " * (1 << 24)), OK, ("Content-Encoding", "gzip"))),
    ("50 MB", fifty_megabytes),
    ("not HTTP", raw(b"220 mail.example ESMTP\r\n")),
    ("a reset", resetting()),
    ("a reset within the body", resetting(head(OK, [*shop.PAGE_HEADERS, ("Content-Length", "900")]) + ITEM)),
]


@pytest.mark.parametrize(("name", "part"), GARBAGE, ids=[name for name, _ in GARBAGE])
def test_garbage_instead_of_a_product_costs_that_one_ad(
    name: str, part: Part, marketplace: Shop, running: Proxy
) -> None:
    marketplace.product = part
    assert page_faults(running) == []
    assert marketplace.fetches() in (1, 2)  # a connection that was used before may end in silence: then once more


async def half(exchange: Exchange) -> None:
    await exchange.send(head(OK, [*shop.PAGE_HEADERS, ("Content-Length", str(len(ITEM)))]) + ITEM[:-1])
    await exchange.hang()


@pytest.mark.parametrize("part", [silent, half], ids=["silent", "half an answer"])
def test_a_product_that_hangs_is_left_out_and_its_connection_is_let_go(
    part: Part, marketplace: Shop, running: Proxy
) -> None:
    gone: list[str] = []

    async def told(exchange: Exchange) -> None:
        await part(exchange)
        gone.append(exchange.request.target)

    marketplace.product = told
    assert page_faults(running, "/api/hurried?q=x") == []
    wait_until(lambda: gone == ["/p/new"], what="the end of the connection that hung")
    wait_until(lambda: "not fetched: new (too late)" in running.log(), what="the visit's line")


def test_a_shopper_who_leaves_during_a_fetch_leaves_no_fetch_behind(marketplace: Shop, running: Proxy) -> None:
    gone: list[str] = []

    async def told(exchange: Exchange) -> None:
        await silent(exchange)
        gone.append(exchange.request.target)

    marketplace.product = told
    with Shopper(running.port) as shopper:
        shopper.socket.sendall(request("/api/search?q=x"))
        wait_until(lambda: marketplace.fetches() == 1, what="the fetch")
    wait_until(lambda: gone == ["/p/new"], what="the end of the fetch")
    wait_until(lambda: "reason=gone" in running.log(), what="the visit's end")


def test_nothing_of_a_products_answer_but_the_item_reaches_the_shopper(marketplace: Shop, running: Proxy) -> None:
    marketplace.product = says(ITEM, OK, ("Set-Cookie", "product=1"), ("X-Product", "1"), ("Cache-Control", "public"))
    answer = ask(running.port, "/api/search?q=x")
    assert answer.winners == 2
    told = repr(answer.headers).lower()
    assert [word for word in ("product", "public") if word in told] == []


def test_many_pages_fetch_at_once_and_each_gets_its_own(marketplace: Shop, running: Proxy) -> None:
    shoppers = [Shopper(running.port) for _ in range(20)]
    for each in shoppers:
        each.socket.sendall(request("/api/search?q=x"))
    answers = [each.read() for each in shoppers]
    for each in shoppers:
        each.socket.close()
    assert {(answer.reason, answer.winners) for answer in answers} == {("served", 2)}
    assert marketplace.fetches() == len(shoppers)
