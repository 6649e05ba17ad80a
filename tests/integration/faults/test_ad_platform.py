"""Whatever the ad platform does, the shopper gets the marketplace's page.

Each fault meets a proxy of its own (the breaker remembers). The first visit
must name the fault; of 200 more, each must be organic byte for byte, and none
may wait much longer than the budget, whatever the others' calls do meanwhile.
What a busy machine adds is known by requests that no rule takes, asked beside.
"""

import contextlib
import datetime
import json
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.integration.faults import shop
from tests.integration.faults.failures import AD_PLATFORM, Way, says, silent
from tests.integration.faults.launch import KEY, Proxy, proxy, wait_until
from tests.integration.faults.shopper import Answer, Shopper, ask, ask_many, request
from tests.integration.faults.stage import Exchange, Stage, black_hole, refusing

VISITS = 200
AT_ONCE = 4

FAR_BEYOND = shop.BUDGET + 1.0
"""Seconds by which a visit may be slower than a request that no rule takes."""

Note = Callable[[str, list[str], str, str], None]


def visit_under(fault: str, running: Proxy, allowed: tuple[str, ...], note: Note) -> list[Answer]:
    """One visit and 200 more; AssertionError unless all are organic, rightly named and in time."""
    first = ask(running.port, "/api/search?q=first")
    targets = [target for number in range(VISITS) for target in (f"/api/search?q={number}", "/elsewhere")]
    every = ask_many(running.port, targets, AT_ONCE)
    answers = [answer for answer in every if answer.reason]
    passed = [answer for answer in every if not answer.reason]
    faults = [fault for answer in [first, *answers] for fault in shop.organic_faults(answer)]
    added = shop.p99(answers) - shop.p99(passed)
    equal = sum(answer.body == shop.PAGE for answer in answers)
    note(fault, shop.reasons([first, *answers]), f"{equal} of {VISITS}", f"{added * 1000:.0f} ms")
    assert faults == []
    assert first.reason in allowed
    assert set(shop.reasons(answers)) <= {*allowed, "too_late", "breaker_open", "overloaded"}
    assert all(answer.winners == 0 for answer in answers)
    assert (len(answers), len(passed)) == (VISITS, VISITS)
    assert added < FAR_BEYOND
    assert KEY.encode() not in b"".join(repr(answer).encode() for answer in [first, *answers])
    return answers


@contextlib.contextmanager
def proxy_to(ads: str, stage: Stage, folder: Path) -> Iterator[Proxy]:
    """A proxy before a healthy marketplace, with this ad platform."""
    marketplace = stage.actor(shop.search)
    with proxy(folder, {"search.yaml": shop.RULE}, marketplace.url, ads) as running:
        yield running


@pytest.mark.parametrize("way", AD_PLATFORM, ids=lambda way: way.name)
def test_an_ad_platform_that_fails_costs_nobody_the_page(way: Way, stage: Stage, tmp_path: Path, note: Note) -> None:
    ads = stage.actor(way.part)
    with proxy_to(ads.url, stage, tmp_path) as running:
        visit_under(way.name, running, way.reasons, note)
    assert ads.seen
    assert {request.header("authorization") for request in ads.seen} == {f"Bearer {KEY}"}


def test_an_ad_platform_that_refuses_connections(stage: Stage, tmp_path: Path, note: Note) -> None:
    with refusing() as port, proxy_to(f"http://127.0.0.1:{port}", stage, tmp_path) as running:
        visit_under("refuses connections", running, ("ads_down",), note)


def test_an_ad_platform_that_answers_no_syn(stage: Stage, tmp_path: Path, note: Note) -> None:
    with black_hole() as port, proxy_to(f"http://127.0.0.1:{port}", stage, tmp_path) as running:
        visit_under("black hole", running, ("too_late",), note)


def test_an_ad_platform_whose_name_does_not_resolve(stage: Stage, tmp_path: Path, note: Note) -> None:
    with proxy_to("https://ads.invalid", stage, tmp_path) as running:
        visit_under("no such name", running, ("ads_down", "too_late"), note)


def test_an_ad_platform_with_a_certificate_of_nobody(stage: Stage, tmp_path: Path, note: Note) -> None:
    ads = stage.actor(shop.two_winners, tls=self_signed(tmp_path))
    with proxy_to(f"https://127.0.0.1:{ads.port}", stage, tmp_path) as running:
        visit_under("self-signed certificate", running, ("ads_down", "too_late"), note)
    assert ads.seen == []  # neither the key nor a question has left


def test_an_ad_platform_that_speaks_no_tls(stage: Stage, tmp_path: Path, note: Note) -> None:
    ads = stage.actor(shop.two_winners)
    with proxy_to(f"https://127.0.0.1:{ads.port}", stage, tmp_path) as running:
        visit_under("no TLS where TLS is due", running, ("ads_down", "too_late"), note)


@pytest.mark.parametrize("status", ["302 Found", "307 Temporary Redirect"])
def test_a_redirect_is_not_followed_and_the_key_not_sent(status: str, stage: Stage, tmp_path: Path, note: Note) -> None:
    elsewhere = stage.actor(shop.two_winners)
    ads = stage.actor(says(b"", status, ("Location", f"{elsewhere.url}/v2/auctions")))
    with proxy_to(ads.url, stage, tmp_path) as running:
        visit_under(f"redirect {status[:3]}", running, ("ads_invalid", "ads_refused"), note)
    assert elsewhere.connections == 0


def test_a_platform_that_alternates_between_health_and_failure_never_costs_a_page(
    stage: Stage, tmp_path: Path, note: Note
) -> None:
    count = 0

    async def every_other(exchange: Exchange) -> None:
        nonlocal count
        count += 1
        await (shop.two_winners(exchange) if count % 2 else says(b"", "503 Service Unavailable")(exchange))

    ads = stage.actor(every_other)
    with proxy_to(ads.url, stage, tmp_path) as running:
        answers = ask_many(running.port, [f"/api/search?q={number}" for number in range(VISITS)], AT_ONCE)
    note("every other call fails", shop.reasons(answers), "-", f"{shop.p99(answers) * 1000:.0f} ms")
    for answer in answers:
        faults = shop.merged_faults(answer, "p4", "p2") if answer.reason == "served" else shop.organic_faults(answer)
        assert faults == []
    assert {"served", "ads_down"} <= set(shop.reasons(answers)) <= {"served", "ads_down", "breaker_open"}


def test_ads_come_back_by_themselves_when_the_platform_is_well_again(stage: Stage, tmp_path: Path) -> None:
    ads = stage.actor(says(b"", "500 Internal Server Error"))
    with proxy_to(ads.url, stage, tmp_path) as running:
        wait_until(lambda: ask(running.port, "/api/search").reason == "breaker_open", what="the breaker's opening")
        asked = len(ads.seen)
        assert [ask(running.port, "/api/search").reason for _ in range(20)] == ["breaker_open"] * 20
        assert len(ads.seen) == asked
        ads.part = shop.two_winners
        # 5 s and 20 % of chance, and one probe.
        wait_until(lambda: ask(running.port, "/api/search").reason == "served", 15, what="a page with ads")
        assert shop.merged_faults(ask(running.port, "/api/search"), "p4", "p2") == []


def test_429_is_obeyed_for_as_long_as_it_says(stage: Stage, tmp_path: Path) -> None:
    ads = stage.actor(says(b"{}", "429 Too Many Requests", ("Retry-After", "3")))
    with proxy_to(ads.url, stage, tmp_path) as running:
        assert ask(running.port, "/api/search").reason == "ads_refused"
        refused = time.monotonic()
        ads.part = shop.two_winners
        wait_until(lambda: ask(running.port, "/api/search").reason == "served", 15, "a page with ads")
        assert time.monotonic() - refused > 2.5
        assert len(ads.seen) == 2


def test_a_page_whose_answers_come_late_stops_asking_by_itself(stage: Stage, tmp_path: Path) -> None:
    """Late, but well within a second: no failure of the platform, so another page goes on."""

    async def slow_for_one_page(exchange: Exchange) -> None:
        if json.loads(exchange.request.body)["auctions"][0]["searchQuery"] == "slow":
            await exchange.wait(0.4)
        await shop.two_winners(exchange)

    ads = stage.actor(slow_for_one_page)
    slow = shop.RULE.replace("page: search", "page: slow").replace("/api/search", "/api/slow")
    rules = {"search.yaml": shop.PATIENT_RULE, "slow.yaml": slow}
    with proxy(tmp_path, rules, stage.actor(shop.search).url, ads.url) as running:
        late = ask_many(running.port, ["/api/slow?q=slow"] * 60, 4)
        quick = ask_many(running.port, ["/api/search?q=quick"] * 20, 4)
    assert shop.reasons(late) == ["too_late", "breaker_open"]
    assert [fault for answer in late for fault in shop.organic_faults(answer)] == []
    assert shop.reasons(quick) == ["served"]


def test_a_hundred_calls_that_hang_at_once_hold_up_nobody(stage: Stage, tmp_path: Path, note: Note) -> None:
    """The pages whose calls hang wait for their budget; who is one too many does not wait at all, nor does a request
    that no rule takes."""
    ads = stage.actor(silent)
    with proxy_to(ads.url, stage, tmp_path) as running, contextlib.ExitStack() as stack:
        assert ask(running.port, "/elsewhere").body == shop.PAGE
        shoppers = [stack.enter_context(Shopper(running.port)) for _ in range(150)]
        for shopper in shoppers:
            shopper.socket.sendall(request("/api/search"))
        passed = ask_many(running.port, ["/elsewhere"] * 100, 4)
        hung = [shopper.read() for shopper in shoppers]
    note("150 calls hang at once", shop.reasons(hung), "150 of 150", "-")
    assert [fault for answer in hung for fault in shop.organic_faults(answer)] == []
    assert "overloaded" in set(shop.reasons(hung)) <= {"too_late", "overloaded", "breaker_open"}
    assert len(ads.seen) <= 100
    assert {(answer.status, answer.body) for answer in passed} == {(200, shop.PAGE)}
    assert shop.p99(passed) < 5.0


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's context with a certificate for 127.0.0.1 that nobody has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem: Any = serialization.Encoding.PEM
    file = folder / "self-signed.pem"
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
