import re
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from proxy.ops import exposition
from proxy.ops.exposition import House, render
from proxy.ops.metrics import Metrics, read
from tests.unit.ops.visits import a_visit

HOUSE = House("0.1.0", 3, "9f2c0011", ("search",), ("a problem",), 2, 1, 4, 2, 1, False)


def samples(*visits, **numbers):
    metrics = Metrics()
    for visit in visits:
        metrics.visit(visit)
    metrics.answered(200)
    page = render(read(metrics.snapshot(numbers)), HOUSE).decode()
    found = {}
    for family in text_string_to_metric_families(page):
        assert family.documentation, family.name
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}"] = sample.value
    return found


def test_visits_have_a_page_and_a_reason():
    found = samples(a_visit(), a_visit())
    assert found["sponsored_proxy_visits_total{page=search,reason=served}"] == 2
    assert found["sponsored_proxy_winners_placed_total{page=search}"] == 4
    assert found["sponsored_proxy_slots_offered_total{page=search}"] == 6
    assert found["sponsored_proxy_responses_total{status=2xx}"] == 1


def test_durations_are_in_seconds_and_buckets_add_up():
    found = samples(a_visit(ads_ms=30, proxy_ms=1), a_visit(ads_ms=200))
    assert found["sponsored_proxy_ads_seconds_bucket{le=0.05,page=search}"] == 1
    assert found["sponsored_proxy_ads_seconds_bucket{le=+Inf,page=search}"] == 2
    assert found["sponsored_proxy_ads_seconds_count{page=search}"] == 2
    assert found["sponsored_proxy_ads_seconds_sum{page=search}"] == 0.23
    assert found["sponsored_proxy_added_seconds_sum{page=search}"] == 0.231


def test_other_wings_numbers_come_under_their_names_with_their_label():
    found = samples(**{"auction_failed_total|reason|ads_down": 3, "auction_in_flight": 1, "new_thing_total": 1})
    assert found["sponsored_proxy_auction_failed_total{reason=ads_down}"] == 3
    assert found["sponsored_proxy_auction_in_flight{}"] == 1
    assert found["sponsored_proxy_new_thing_total{}"] == 1


def test_the_house_is_told():
    found = samples()
    assert found["config_reload_failed_total{}"] == 1
    assert found["config_reload_total{}"] == 2
    assert found["sponsored_proxy_build_info{book=9f2c0011,version=0.1.0}"] == 1
    assert found["sponsored_proxy_worker_restarts_total{}"] == 4
    assert found["sponsored_proxy_workers_serving{}"] == 1
    assert found["sponsored_proxy_rule_problems{}"] == 1


def test_an_empty_house_has_a_page_too():
    assert re.search(
        r"^sponsored_proxy_workers_wanted 2.0$", render(read(Metrics().snapshot({})), HOUSE).decode(), re.M
    )


def test_the_documentation_is_what_is_shown():
    page = (Path(__file__).parents[3] / "docs" / "metrics.md").read_text()
    assert page == exposition.as_markdown(), "run `python -m proxy.ops.exposition > docs/metrics.md`"
