"""Block H: a rule with `cache` keeps organic answers as RFC 9111 has it for a shared cache.

Most rows ask twice and look at who was asked: `kept` (the second answer is the
first), `asked` (the marketplace was asked again, without a condition), or
`validated` (with one). They ask the questions of the public http-cache-tests
that mean something for a shared cache in front of one marketplace, one answer a
row. The clock is the test's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from proxy.clock import ManualClock
from tests.in_process import a_proxy

NOW = "Tue, 14 Nov 2023 22:13:20 GMT"  # the clock's zero
HOUR_AGO = "Tue, 14 Nov 2023 21:13:20 GMT"
HOUR_ON = "Tue, 14 Nov 2023 23:13:20 GMT"
RULE = """
page: search
mode: "off"
match: {{path: /s, methods: [GET, POST]}}
products: {{list: $.products, id: $.id}}
auction: {{slots: 1}}
cache: {cache}
"""
CACHE = "{ttl: 1d}"


def an_answer(number: int, lines: Sequence[str], status: str = "200 OK", body: bytes | None = None) -> bytes:
    """What the marketplace says the `number`th time."""
    told = b'{"products":[],"answer":%d}' % number if body is None else body
    if not any(line.lower().startswith("content-type") for line in lines):
        lines = [*lines, "Content-Type: application/json"]
    head = "".join(f"{line}\r\n" for line in lines)
    return f"HTTP/1.1 {status}\r\n{head}Content-Length: {len(told)}\r\n\r\n".encode() + told


@dataclass
class Row:
    """Two requests for one URL."""

    answer: Sequence[str]
    expect: str
    first: str = ""
    second: str = ""
    wait: float = 1.0
    status: str = "200 OK"
    cache: str = CACHE
    first_method: str = "GET"
    method: str = "GET"
    then: Sequence[str] | None = None
    statuses: tuple[int, ...] = field(default=())


def kept(*answer: str, **more: Any) -> Row:
    return Row(answer, "kept", **more)


def asked(*answer: str, **more: Any) -> Row:
    return Row(answer, "asked", **more)


def validated(*answer: str, **more: Any) -> Row:
    return Row(answer, "validated", **more)


CC = "Cache-Control: "
TAG = 'ETag: "v1"'
ROWS: dict[str, Row] = {
    # -- freshness
    "H01a": kept(CC + "max-age=60", wait=59),
    "H01b": asked(CC + "max-age=60", wait=60),
    "H01c": asked(CC + "max-age=0"),
    "H01d": kept(CC + "s-maxage=60, max-age=0"),
    "H01e": asked(CC + "s-maxage=0, max-age=60"),
    "H01f": kept(CC + "MAX-AGE=60"),
    "H01g": kept(CC + 'max-age="60"'),
    "H01h": asked(CC + "max-age=sixty"),
    "H01i": asked(CC + "max-age=-60"),
    "H01j": asked(CC + "max-age=60.5"),
    "H01k": asked(CC + "max-age=60, max-age=0"),
    "H01l": asked(CC + "max-age=60", CC + "max-age=0"),
    "H01m": kept(CC + "max-age=99999999999999999999", wait=3600),
    "H01n": kept(CC + "max-age=60, unheard-of=1, another"),
    "H01o": asked(CC + 'unheard-of="max-age=60", max-age=0'),
    "H01p": kept(CC + "max-age=60", f"Expires: {HOUR_AGO}"),
    "H01q": asked(CC + "max-age=1", f"Expires: {HOUR_ON}", wait=2),
    "H01r": asked(CC + "max-age= 60"),
    # -- Expires
    "H02a": kept(f"Expires: {HOUR_ON}", f"Date: {NOW}", wait=3599),
    "H02b": asked(f"Expires: {HOUR_ON}", f"Date: {NOW}", wait=3600),
    "H02c": asked(f"Expires: {HOUR_AGO}", f"Date: {NOW}"),
    "H02d": asked("Expires: 0"),
    "H02e": asked("Expires: -1"),
    "H02f": asked("Expires: soon"),
    "H02g": asked(f"Expires: {NOW}", f"Date: {NOW}"),
    "H02h": kept(f"Expires: {HOUR_ON}"),
    "H02i": kept("Expires: Tuesday, 14-Nov-23 23:13:20 GMT", f"Date: {NOW}"),
    "H02j": kept("Expires: Tue Nov 14 23:13:20 2023", f"Date: {NOW}"),
    "H02k": asked(f"Expires: {HOUR_ON}", f"Expires: {HOUR_AGO}", f"Date: {NOW}"),
    # -- Age
    "H03a": asked(CC + "max-age=60", "Age: 60"),
    "H03b": kept(CC + "max-age=60", "Age: 30", wait=29),
    "H03c": asked(CC + "max-age=60", "Age: 30", wait=30),
    "H03d": asked(CC + "max-age=60", f"Date: {HOUR_AGO}"),
    "H03e": kept(CC + "max-age=60", "Age: none"),
    "H03f": kept(CC + "max-age=60", "Age: -100"),
    "H03g": kept(CC + "max-age=60", "Date: whenever"),
    "H03h": kept(CC + "max-age=60", f"Date: {HOUR_ON}"),
    # -- the rule's ttl
    "H04a": kept(wait=29, cache="{ttl: 30s}"),
    "H04b": asked(wait=30, cache="{ttl: 30s}"),
    "H04c": asked(CC + "max-age=3600", wait=30, cache="{ttl: 30s}"),
    "H04d": kept(f"Last-Modified: {HOUR_AGO}", wait=1000),
    "H04e": kept(CC + "max-age=3600", "Age: 3000", wait=29, cache="{ttl: 30s}"),
    # -- what is never kept, or never given unasked
    "H05a": asked(CC + "no-store, max-age=60"),
    "H05b": asked(CC + "private, max-age=60"),
    "H05c": asked(CC + 'private="x-name", max-age=60'),
    "H05d": asked(CC + "no-cache, max-age=60"),
    "H05e": asked(CC + 'no-cache="x-name", max-age=60'),
    "H05f": asked(CC + "No-Store"),
    "H05g": asked(CC + "max-age=60", "Set-Cookie: a=b"),
    "H05h": asked(CC + "public, max-age=60", "Set-Cookie: a=b"),
    "H05i": asked(CC + "max-age=60", CC + "no-store"),
    "H05j": validated(CC + "no-cache", TAG),
    "H05k": kept("Pragma: no-cache", CC + "max-age=60"),
    # -- Vary
    "H06a": kept("Vary: X-A", first="X-A: 1\r\n", second="X-A: 1\r\n"),
    "H06b": asked("Vary: X-A", first="X-A: 1\r\n", second="X-A: 2\r\n"),
    "H06c": asked("Vary: X-A", first="X-A: 1\r\n"),
    "H06d": asked("Vary: X-A", second="X-A: 1\r\n"),
    "H06e": kept("Vary: x-a", first="X-A: 1\r\n", second="X-A: 1\r\n"),
    "H06f": asked("Vary: *"),
    "H06g": asked("Vary: X-A, *", first="X-A: 1\r\n", second="X-A: 1\r\n"),
    "H06h": asked("Vary: X-A, X-B", first="X-A: 1\r\nX-B: 1\r\n", second="X-A: 1\r\nX-B: 2\r\n"),
    "H06i": asked("Vary: X-A", "Vary: X-B", first="X-A: 1\r\nX-B: 1\r\n", second="X-A: 1\r\nX-B: 2\r\n"),
    "H06j": asked("Vary: X-A", first="X-A: 1\r\nX-A: 2\r\n", second="X-A: 1\r\n"),
    "H06k": kept("Vary: X-A", first="X-B: 1\r\n", second="X-B: 2\r\n"),
    "H06l": asked("Vary: X-Forwarded-For"),
    "H06m": asked("Content-Encoding: gzip", first="Accept-Encoding: gzip\r\n"),
    "H06n": kept(
        "Content-Encoding: gzip", "Vary: Accept-Encoding",
        first="Accept-Encoding: gzip, dcb\r\n", second="Accept-Encoding: gzip\r\n",
    ),
    # -- Authorization and cookies
    "H07a": asked(CC + "max-age=60", first="Authorization: x\r\n", second="Authorization: x\r\n"),
    "H07b": kept(CC + "max-age=60, public", first="Authorization: x\r\n"),
    "H07c": kept(CC + "s-maxage=60", first="Authorization: x\r\n", second="Authorization: y\r\n"),
    "H07d": kept(CC + "max-age=60, must-revalidate", first="Authorization: x\r\n"),
    "H07e": asked(CC + "max-age=60", second="Authorization: x\r\n"),
    "H07f": asked(CC + "max-age=60", first="Cookie: a=1\r\n", second="Cookie: a=1\r\n"),
    "H07g": asked(CC + "max-age=60", first="Cookie: a=1\r\n"),
    "H07h": asked(CC + "max-age=60", second="Cookie: a=1\r\n"),
    "H07i": kept(CC + "max-age=60, public", first="Cookie: a=1\r\n", second="Cookie: a=2\r\n"),
    "H07j": asked(CC + "s-maxage=60", first="Cookie: a=1\r\n", second="Cookie: a=1\r\n"),
    "H07k": kept(first="Cookie: a=1\r\n", second="Cookie: a=1\r\n", cache="{ttl: 1h, vary: [cookie.a]}"),
    "H07l": asked(first="Cookie: a=1\r\n", second="Cookie: a=2\r\n", cache="{ttl: 1h, vary: [cookie.a]}"),
    "H07m": asked(first="Cookie: a=1\r\n", second="Cookie: a=1; b=2\r\n", cache="{ttl: 1h, vary: [cookie.a]}"),
    "H07n": asked(
        CC + "public", first="Cookie: a=1; a=2\r\n", second="Cookie: a=1\r\n", cache="{ttl: 1h, vary: [cookie.a]}"
    ),
    "H07o": asked(first="X-A: 1\r\n", second="X-A: 2\r\n", cache="{ttl: 1h, vary: [header.x-a]}"),
    "H07p": asked(first="X-A: 1\r\nX-A: 2\r\n", second="X-A: 1\r\n", cache="{ttl: 1h, vary: [header.x-a]}"),
    # -- statuses
    **{f"H08{letter}": kept(CC + "max-age=60", status=status) for letter, status in zip(
        "abcdefghijk",
        ("203 X", "204 X", "299 X", "301 X", "302 X", "307 X", "308 X", "400 X", "404 X", "410 X", "499 X"),
        strict=True,
    )},
    "H08l": asked(status="404 Not Found"),
    "H08m": asked(status="302 Found"),
    "H08n": asked(CC + "max-age=60", status="206 Partial", first="X: y\r\n"),
    "H08o": asked(CC + "max-age=60", status="500 X"),
    "H08p": asked(CC + "max-age=60", status="503 X"),
    "H08q": asked(CC + "max-age=60, must-understand", status="499 X"),
    # -- methods
    "H09a": kept(method="HEAD"),
    "H09b": asked(first_method="HEAD", then=()),
    "H09c": asked(CC + "max-age=60", method="POST", second="Content-Length: 0\r\n"),
    # -- what a request wants
    "H10a": asked(CC + "max-age=60", second=CC + "no-cache\r\n"),
    "H10b": asked(CC + "max-age=60", second=CC + "max-age=0\r\n"),
    "H10c": kept(CC + "max-age=60", second=CC + "max-age=10\r\n", wait=10),
    "H10d": asked(CC + "max-age=60", second=CC + "max-age=10\r\n", wait=11),
    "H10e": asked(CC + "max-age=60", second=CC + "min-fresh=30\r\n", wait=30),
    "H10f": kept(CC + "max-age=60", second=CC + "min-fresh=30\r\n", wait=29),
    "H10g": asked(CC + "max-age=60", second=CC + "no-store\r\n"),
    "H10h": asked(CC + "max-age=60", first=CC + "no-store\r\n"),
    "H10i": asked(CC + "max-age=60", second="Pragma: no-cache\r\n"),
    "H10j": kept(CC + "max-age=60", second=CC + "only-if-cached\r\n"),
    "H10k": asked(CC + "max-age=60", second=CC + "only-if-cached\r\n", wait=61),
    "H10l": asked(CC + "max-age=60", second=CC + "max-stale=1000\r\n", wait=61),
    "H10m": validated(CC + "max-age=60", TAG, second=CC + "no-cache\r\n"),
    "H10n": asked(CC + "max-age=60", second="Range: bytes=0-3\r\n"),
    "H10o": asked(CC + "max-age=60", second="X-HTTP-Method-Override: DELETE\r\n"),
    "H10p": asked(CC + "max-age=60", second="X-Forwarded-Host: evil.example\r\n"),
    "H10q": kept(CC + "max-age=60", second="X-Forwarded-For: 203.0.113.7\r\n"),
    # -- stale, and asking whether it holds
    "H11a": validated(CC + "max-age=1", TAG, wait=2),
    "H11b": validated(CC + "max-age=1", f"Last-Modified: {HOUR_AGO}", wait=2),
    "H11c": validated(CC + "max-age=1", 'ETag: W/"v1"', wait=2),
    "H11d": asked(CC + "max-age=1", wait=2),
    "H11e": asked(CC + "max-age=1", "Last-Modified: once", wait=2),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
async def test_row(name: str) -> None:
    row = ROWS[name]
    clock, answers = ManualClock(), iter(range(1, 9))

    def origin(request: bytes) -> bytes:
        head = request.startswith(b"HEAD") or row.status.startswith("204")
        return an_answer(next(answers), row.answer, row.status, b"" if head else None)

    async with a_proxy(origin, RULE.format(cache=row.cache), clock=clock) as proxy:
        first = await proxy.get("/s?q=x", row.first, row.first_method)
        clock.advance(row.wait)
        second = await proxy.get("/s?q=x", row.second, row.method)
        conditional = [b"\r\nif-" in request.lower() for request in proxy.seen]
        assert {"kept": [False], "asked": [False, False], "validated": [False, True]}[row.expect] == conditional
        assert proxy.visits[-1].cache == ("hit" if row.expect == "kept" else proxy.visits[-1].cache)
        if row.expect == "kept":
            assert second[0] == first[0]
            assert second[2] == (b"" if row.method == "HEAD" else first[2])
            assert f"Content-Length: {len(first[2])}".encode() in second[1] or first[0] == 204


# -- rows that need more than two alike requests --------------------------------


def field_of(head: bytes, name: str) -> list[str]:
    lines = [line.partition(": ") for line in head.decode("latin-1").split("\r\n")[1:]]
    return [value for key, _, value in lines if key.lower() == name.lower()]


class Scripted:
    """A marketplace that gives these answers one after the other, and the last one again and again."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)

    def __call__(self, request: bytes) -> bytes:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def a_kept_page(clock: ManualClock, *answers: bytes, cache: str = CACHE, **settings: Any) -> Any:
    return a_proxy(Scripted(*answers), RULE.format(cache=cache), clock=clock, **settings)


async def test_H12_a_kept_answer_says_how_old_it_is_and_keeps_its_date() -> None:
    clock = ManualClock()
    origin = an_answer(1, [CC + "max-age=600", f"Date: {NOW}", "Age: 30", "Via: 1.1 cdn", "X-A: 1"])
    async with a_kept_page(clock, origin) as proxy:
        await proxy.get("/s")
        clock.advance(12.7)
        _, head, _ = await proxy.get("/s")
        assert (field_of(head, "age"), field_of(head, "date")) == (["42"], [NOW])
        assert field_of(head, "via") == ["1.1 cdn", "1.1 sponsored-proxy"]
        assert field_of(head, "x-a") == ["1"]
        assert field_of(head, "cache-control") == ["max-age=600"]


async def test_H13_an_answer_without_a_date_is_dated_by_its_arrival() -> None:
    clock = ManualClock()
    async with a_kept_page(clock, an_answer(1, [CC + "max-age=600"])) as proxy:
        await proxy.get("/s")
        clock.advance(100)
        _, head, _ = await proxy.get("/s")
        assert (field_of(head, "age"), field_of(head, "date")) == (["100"], [NOW])


async def test_H14_a_304_makes_it_fresh_again_with_its_news() -> None:
    clock = ManualClock()
    news = b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\nCache-Control: max-age=100\r\nX-A: 2\r\nContent-Type: text/x\r\n\r\n'
    async with a_kept_page(clock, an_answer(1, [CC + "max-age=1", TAG, "X-A: 1"]), news) as proxy:
        _, _, body = await proxy.get("/s")
        clock.advance(5)
        status, head, again = await proxy.get("/s")
        assert (status, again, field_of(head, "x-a"), field_of(head, "age")) == (200, body, ["2"], ["0"])
        assert field_of(head, "content-type") == ["application/json"]
        assert b'if-none-match: "v1"' in proxy.seen[1].lower()
        clock.advance(50)
        assert (await proxy.get("/s"))[2] == body
        assert len(proxy.seen) == 2
        assert [visit.cache for visit in proxy.visits] == ["miss", "revalidated", "hit"]


async def test_H15_another_answer_takes_the_place_of_the_stale_one() -> None:
    clock = ManualClock()
    second = an_answer(2, [CC + "max-age=60", 'ETag: "v2"'])
    async with a_kept_page(clock, an_answer(1, [CC + "max-age=1", TAG]), second) as proxy:
        await proxy.get("/s")
        clock.advance(5)
        assert b"2" in (await proxy.get("/s"))[2]
        assert b"2" in (await proxy.get("/s"))[2]
        assert len(proxy.seen) == 2


async def test_H16_a_304_of_another_answer_is_not_taken_for_this_one() -> None:
    clock = ManualClock()
    wrong = b'HTTP/1.1 304 Not Modified\r\nETag: "v9"\r\n\r\n'
    async with a_kept_page(clock, an_answer(1, [CC + "max-age=1", TAG]), wrong, an_answer(3, [])) as proxy:
        await proxy.get("/s")
        clock.advance(5)
        assert b"3" in (await proxy.get("/s"))[2]
        assert b"if-none-match" not in proxy.seen[2].lower()


async def test_H17_a_304_with_a_cookie_is_for_its_shopper_alone() -> None:
    clock = ManualClock()
    news = b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\nSet-Cookie: a=b\r\n\r\n'
    async with a_kept_page(clock, an_answer(1, [CC + "max-age=1", TAG]), news, an_answer(3, [])) as proxy:
        _, _, body = await proxy.get("/s")
        clock.advance(5)
        status, head, again = await proxy.get("/s")
        assert (status, again, field_of(head, "set-cookie")) == (200, body, ["a=b"])
        _, head, other = await proxy.get("/s")
        assert b"3" in other
        assert field_of(head, "set-cookie") == []


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ('If-None-Match: "v1"', 304),
        ('If-None-Match: "v0", W/"v1"', 304),
        ("If-None-Match: *", 304),
        ('If-None-Match: "v2"', 200),
        (f"If-Modified-Since: {HOUR_AGO}", 304),
        (f"If-Modified-Since: {NOW}", 304),
        ("If-Modified-Since: Tue, 14 Nov 2023 20:00:00 GMT", 200),
        ("If-Modified-Since: lately", 200),
        (f'If-None-Match: "v2"\r\nIf-Modified-Since: {NOW}', 200),
    ],
)
async def test_H18_a_shopper_that_has_the_answer_is_told_so(condition: str, status: int) -> None:
    clock = ManualClock()
    origin = an_answer(1, [CC + "max-age=60", TAG, f"Last-Modified: {HOUR_AGO}"])
    async with a_kept_page(clock, origin) as proxy:
        _, _, body = await proxy.get("/s")
        said, head, again = await proxy.get("/s", condition + "\r\n")
        assert (said, again) == (status, b"" if status == 304 else body)
        assert field_of(head, "etag") == ['"v1"']
        assert len(proxy.seen) == 1


async def test_H19_a_condition_goes_on_where_nothing_is_kept() -> None:
    news = b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n'
    async with a_kept_page(ManualClock(), news) as proxy:
        assert (await proxy.get("/s", 'If-None-Match: "v1"\r\n'))[0] == 304


@pytest.mark.parametrize(
    ("answer", "cache", "wait", "stale"),
    [
        (CC + "max-age=1", "{ttl: 1h, stale_if_error: 5m}", 300, True),
        (CC + "max-age=1", "{ttl: 1h, stale_if_error: 5m}", 302, False),
        (CC + "max-age=1", "{ttl: 1h}", 30, False),
        (CC + "max-age=1, stale-if-error=60", "{ttl: 1h}", 61, True),
        (CC + "max-age=1, stale-if-error=60", "{ttl: 1h}", 62, False),
        (CC + "max-age=1, must-revalidate", "{ttl: 1h, stale_if_error: 5m}", 30, False),
        (CC + "max-age=1, proxy-revalidate", "{ttl: 1h, stale_if_error: 5m}", 30, False),
        (CC + "no-cache", "{ttl: 1h, stale_if_error: 5m}", 30, False),
        (CC + "s-maxage=1", "{ttl: 1h, stale_if_error: 5m}", 30, False),
        (CC + "s-maxage=1, stale-if-error=60", "{ttl: 1h, stale_if_error: 5m}", 30, True),
    ],
)
@pytest.mark.parametrize("failing", [an_answer(2, [], "503 No"), b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_H20_a_stale_answer_stands_in_where_it_may(
    answer: str, cache: str, wait: float, stale: bool, failing: bytes, method: str
) -> None:
    clock = ManualClock()
    if method == "HEAD" and failing.endswith(b"{"):
        failing = b""  # a head has no body that breaks off
    async with a_kept_page(clock, an_answer(1, [answer]), failing, cache=cache) as proxy:
        _, _, body = await proxy.get("/s")
        clock.advance(wait)
        status, _, again = await proxy.get("/s", method=method)
        assert (status == 200) is stale
        if stale:
            assert again == (body if method == "GET" else b"")
            assert proxy.visits[-1].cache == "stale"


@pytest.mark.parametrize(
    ("status", "forgotten"), [("200 OK", True), ("302 X", True), ("404 X", False), ("500 X", False)]
)
async def test_H21_an_unsafe_method_that_succeeds_makes_it_forgotten(status: str, forgotten: bool) -> None:
    answers = [an_answer(1, []), an_answer(2, [], status), an_answer(3, [])]
    async with a_kept_page(ManualClock(), *answers) as proxy:
        await proxy.get("/s?q=x")
        await proxy.get("/s?q=x", "Content-Length: 0\r\n", "POST")
        assert (b"3" in (await proxy.get("/s?q=x"))[2]) is forgotten


async def test_H22_hop_by_hop_fields_are_not_kept() -> None:
    answer = an_answer(1, ["Connection: close, X-Hop", "X-Hop: 1", "X-End: 1", "Proxy-Authenticate: x"])
    async with a_kept_page(ManualClock(), answer) as proxy:
        await proxy.get("/s")
        _, head, _ = await proxy.get("/s")
        assert (field_of(head, "x-hop"), field_of(head, "proxy-authenticate"), field_of(head, "x-end")) == (
            [],
            [],
            ["1"],
        )


async def test_H23_another_host_or_query_is_another_page() -> None:
    def origin(request: bytes) -> bytes:
        return an_answer(len(request), [])

    async with a_proxy(origin, RULE.format(cache=CACHE), clock=ManualClock()) as proxy:
        for target in ("/s?q=x", "/s?q=y", "/s?q=x&q=y", "/s"):
            await proxy.get(target)
        await proxy.raw(b"GET /s?q=x HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n")
        assert len(proxy.seen) == 5
        await proxy.get("/s?q=x")
        assert len(proxy.seen) == 5


async def test_H24_nothing_is_kept_without_a_cache_in_the_rule_or_room_for_it() -> None:
    plain = RULE.format(cache=CACHE).replace("cache:", "# cache:")
    for rules, settings in ((plain, {}), (RULE.format(cache=CACHE), {"cache_size": "0"})):
        async with a_proxy(Scripted(an_answer(1, [])), rules, clock=ManualClock(), **settings) as proxy:
            await proxy.get("/s")
            await proxy.get("/s")
            assert len(proxy.seen) == 2
            assert proxy.visits[-1].cache == ""
