"""A mistake of ours, in whatever step of a page view, costs the shopper nothing.

Each step is made to raise in a real worker. The shopper gets the organic page
byte for byte, the log gets the traceback, and the visit the reason `bug`; a
step outside the ads (the visit's own beginning, say) passes the page through.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.faults import shop
from tests.integration.faults.launch import Proxy, proxy, wait_until
from tests.integration.faults.shopper import ask, ask_many
from tests.integration.faults.stage import Actor, Stage

WITH_ADS = [
    "proxy.search.page:user_of",
    "proxy.search.page:why_no_ads",
    "proxy.search.page:arm_of",
    "proxy.auction.client:Ads.begin",
    "proxy.search.organic:Organic.text",
    "proxy.search.lossless.reading:Reading.read",
    "proxy.auction.client:Asking.answer",
    "proxy.auction.client:question_for",
    "proxy.auction.caller:judge",
    "proxy.search.page:merge",
    "proxy.search.organic:for_merged_page",
    "proxy.search.coding:decode",
    "proxy.search.coding:encode",
    "proxy.search.page:Corridor._merged",
]
"""Steps that only ads need: the page stays organic, for the reason `bug`."""

AROUND = [
    "proxy.search.page:Corridor._begin",
    "proxy.search.page:Corridor._eligible",
    "proxy.search.page:Corridor.view",
    "proxy.search.plans:Plans.find",
    "proxy.search.visit:OpenVisit.end",
    "proxy.search.page:status_headers",
]
"""Steps without which there is no visit to speak of: the page is passed through."""


@pytest.fixture(scope="module")
def switch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("switch") / "step"
    file.write_text("")
    return file


@pytest.fixture(scope="module")
def ads() -> Iterator[Actor]:
    stage = Stage()
    yield stage.actor(shop.two_winners)
    stage.close()


@pytest.fixture(scope="module")
def running(ads: Actor, switch: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    stage = Stage()
    marketplace = stage.actor(shop.search)
    environment = {
        "PYTHONPATH": str(Path(__file__).parent / "broken"),
        "BROKEN_STEPS": " ".join(WITH_ADS + AROUND),
        "BROKEN_NOW": str(switch),
    }
    folder = tmp_path_factory.mktemp("proxy")
    with proxy(
        folder, {"search.yaml": shop.PATIENT_RULE}, marketplace.url, ads.url, environment=environment
    ) as running:
        yield running
    stage.close()


@pytest.fixture(autouse=True)
def healthy_before_and_after(running: Proxy, switch: Path) -> Iterator[None]:
    switch.write_text("")
    assert shop.merged_faults(ask(running.port, "/api/search"), "p4", "p2") == []
    yield
    switch.write_text("")
    assert shop.merged_faults(ask(running.port, "/api/search"), "p4", "p2") == []


def break_now(step: str, switch: Path) -> None:
    """The step raises from now on (renamed into place: a half-written name would break nothing)."""
    fresh = switch.with_suffix(".new")
    fresh.write_text(step)
    fresh.replace(switch)


@pytest.mark.parametrize("step", WITH_ADS)
def test_a_bug_in_a_step_that_ads_need_leaves_the_page_organic(step: str, running: Proxy, switch: Path) -> None:
    logged = len(running.log())
    break_now(step, switch)
    answer = ask(running.port, "/api/search")
    assert shop.organic_faults(answer) == []
    assert (answer.reason, answer.winners) == ("bug", 0)
    wait_until(lambda: f"OnPurpose: {step}" in running.log()[logged:], what="the traceback in the log")


@pytest.mark.parametrize("step", AROUND)
def test_a_bug_around_the_ads_passes_the_page_through(step: str, running: Proxy, switch: Path) -> None:
    logged = len(running.log())
    break_now(step, switch)
    answer = ask(running.port, "/api/search")
    assert (answer.status, answer.complete, answer.body) == (200, True, shop.PAGE)
    wait_until(lambda: f"OnPurpose: {step}" in running.log()[logged:], what="the traceback in the log")


def test_bugs_of_a_hundred_visits_leave_nothing_open(running: Proxy, switch: Path, ads: Actor) -> None:
    break_now("proxy.search.page:merge", switch)
    answers = ask_many(running.port, ["/api/search"] * 100, 8)
    assert [fault for answer in answers for fault in shop.organic_faults(answer)] == []
    assert shop.reasons(answers) == ["bug"]
    assert ads.open <= 8
