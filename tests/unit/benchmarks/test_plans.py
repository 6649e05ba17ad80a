"""What to run for how many pages: the arithmetic, and that deploy/ is what it is done for."""

import pytest

from benchmarks.plans import ASSUMED, MARK, SEEN_BYTES, Figures, plan, written
from tests.deploy.manifests import ROOT, VARIANTS, container, one, settings

FIGURES = Figures(
    pages={ASSUMED.page: (0.3, 3000.0), ASSUMED.plain: (0.06, 15000.0)},
    event_ms=0.1,
    events={1: 500.0, 128: 5000.0},
    redis={1: 1000.0, 128: 3000.0},
    redis_ms=0.05,
    parent_mb=40.0,
    worker_mb=50.0,
)


def test_cores_are_what_pages_and_their_events_cost_over_the_share_that_may_be_busy() -> None:
    # 0.3 ms + 3 events of 0.1 ms: 1,000 pages are 0.6 s of CPU a second, of cores that may be busy to 60%: one worker.
    planned = plan(FIGURES, 1000)
    assert planned.pods == 2, "one that does it, and one more"
    assert planned.workers == 4
    assert planned.memory_mb == 2 * (40 + 2 * 50)
    assert plan(FIGURES, 10000).pods == 6


def test_disks_that_are_slower_than_cores_ask_for_more_pods() -> None:
    # 30,000 events a second, 3,000 of them for each disk.
    assert plan(FIGURES, 10000).pods_with_disks == 11
    assert plan(FIGURES, 100).pods_with_disks == plan(FIGURES, 100).pods


def test_connections_are_the_time_of_each_call_times_how_many() -> None:
    planned = plan(FIGURES, 1000)
    assert planned.to_marketplace == 1000 * ASSUMED.marketplace
    assert planned.to_ads == 1000 * ASSUMED.auction


def test_what_was_seen_is_kept_for_a_week_of_average_days() -> None:
    # 3,000 events a second at the peak, 1,000 on average: 604.8 million a week.
    planned = plan(FIGURES, 1000)
    assert round(planned.seen_disk_gb, 1) == 36.3
    assert round(planned.seen_redis_gb) == 121
    said = " ".join((ROOT / "docs" / "events.md").read_text().split())
    assert f"about {SEEN_BYTES['disk']} bytes for each event of the last seven days" in said
    assert f"about {SEEN_BYTES['redis']} bytes of its memory for each event of the last seven days" in said


@pytest.mark.parametrize("pages", [1, 100, 10_000])
def test_nobody_runs_a_single_pod(pages: float) -> None:
    assert plan(FIGURES, pages).pods >= 2


def test_the_page_says_where_redis_ends_or_that_there_was_none() -> None:
    assert "12,000 events a second, those of 4,000 pages" in written(FIGURES, "a machine", ["growth"])
    without = Figures(FIGURES.pages, 0.1, FIGURES.events, {}, 0.0, 40.0, 50.0)
    assert "No Redis was measured" in written(without, "a machine", ["growth"])


def test_the_page_in_the_docs_is_of_this_make() -> None:
    page = (ROOT / "docs" / "sizing.md").read_text()
    assert MARK in page
    shape = [line for line in written(FIGURES, "", []).splitlines() if line.startswith("## ")]
    assert [line for line in page.splitlines() if line.startswith("## ")] == shape


def test_deploy_runs_the_pods_that_are_planned_with() -> None:
    assert int(settings()["SPONSORED_PROXY_WORKERS"]) == ASSUMED.workers_a_pod
    (metric,) = one("with-redis", "HorizontalPodAutoscaler").spec["metrics"]
    assert metric["resource"]["target"]["averageUtilization"] == ASSUMED.busy * 100
    assert {container(variant)["resources"]["requests"]["cpu"] for variant in VARIANTS} == {str(ASSUMED.workers_a_pod)}
