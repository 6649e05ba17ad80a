from proxy.ops.metrics import BUCKETS, Histogram, Metrics, Tally, added_up, read, resident_bytes
from proxy.reasons import Reason
from tests.unit.ops.visits import a_visit


def counted(*visits, **numbers) -> Tally:
    metrics = Metrics()
    for visit in visits:
        metrics.visit(visit)
    return read(metrics.snapshot(numbers))


def test_a_visit_counts_by_page_and_reason():
    tally = counted(
        a_visit(fetched=1), a_visit(banners=1), a_visit(reason=Reason.TOO_LATE, winners=0), a_visit(page="home")
    )
    assert tally.pages["search"].reasons == {"served": 2, "too_late": 1}
    assert (tally.pages["search"].winners, tally.pages["search"].slots) == (4, 9)
    assert (tally.pages["search"].fetched, tally.pages["search"].banners) == (1, 1)
    assert tally.pages["home"].reasons == {"served": 1}


def test_durations_fall_into_their_bucket():
    histogram = Histogram()
    for milliseconds in (0.0, BUCKETS[0], BUCKETS[0] + 0.01, 1e9):
        histogram.add(milliseconds)
    assert histogram.counts[:2] == [2, 1]
    assert histogram.counts[-1] == 1


def test_added_latency_is_ads_and_our_own_work():
    page = counted(a_visit(upstream_ms=80, ads_ms=30, proxy_ms=1)).pages["search"]
    assert (page.upstream.total, page.ads.total, page.added.total) == (80, 30, 31)


def test_a_visit_that_waited_for_no_ads_is_no_wait_of_zero():
    assert sum(counted(a_visit(ads_ms=0)).pages["search"].ads.counts) == 0


def test_numbers_of_other_wings_are_counters_by_their_name():
    tally = counted(auction_calls_total=5, auction_in_flight=2)
    assert tally.counters == {"auction_calls_total": 5}
    assert tally.gauges["auction_in_flight"] == 2
    assert tally.gauges["resident_bytes"] > 1_000_000


def test_workers_add_up_and_only_the_living_have_gauges():
    one = counted(a_visit(fetched=1, banners=1), x_total=1, y=1)
    other = counted(a_visit(page="home"), a_visit(fetched=2), x_total=2, y=1)
    dead = Tally()
    dead.merge(counted(a_visit(ads_ms=5), x_total=10, y=1), gauges=False)
    total = added_up([one, other], dead)
    assert total.pages["search"].reasons == {"served": 3}
    assert total.pages["home"].winners == 2
    assert (total.pages["search"].fetched, total.pages["search"].banners) == (3, 1)
    assert total.counters == {"x_total": 13}
    assert total.gauges["y"] == 2
    assert total.pages["search"].ads.total == 5


def test_adding_up_changes_nobody():
    one, dead = counted(a_visit()), counted(a_visit())
    added_up([one], dead)
    added_up([one], dead)
    assert one.pages["search"].reasons == dead.pages["search"].reasons == {"served": 1}
    assert sum(one.pages["search"].upstream.counts) == 1


def test_answers_count_by_their_class():
    metrics = Metrics()
    for status in (200, 204, 304, 502):
        metrics.answered(status)
    assert read(metrics.snapshot({})).answers == {"2xx": 2, "3xx": 1, "5xx": 1}


def test_memory_is_known():
    assert resident_bytes() > 1_000_000
