"""The metrics as Prometheus reads them.

The numbers come added up from the parent; this only names and renders them.
Names and labels here are what alerts are written against: they do not change
without a line in the changelog. Durations are seconds, as Prometheus has it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

from proxy.events.keeping.outbox import Status
from proxy.ops.metrics import BUCKETS, Histogram, Page, Tally

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
_PREFIX: Final = "sponsored_proxy_"

# What the other wings count by themselves; a name that is not here is shown with its name as its help.
_HELP: Final = {
    "connections": "Shoppers' connections that are open",
    "marketplace_connections": "Connections to the marketplace",
    "marketplace_connections_opened_total": "Connections to the marketplace that were made",
    "marketplace_connections_reused_total": "Requests to the marketplace that found a connection open",
    "marketplace_requests_retried_total": "Requests sent again, since the marketplace had closed a connection",
    "ad_platform_connections": "Connections to the ad platform",
    "ad_platform_connections_opened_total": "Connections to the ad platform that were made",
    "ad_platform_connections_reused_total": "Calls to the ad platform that found a connection open",
    "ad_platform_requests_retried_total": "Calls sent again, since the ad platform had closed a connection",
    "resident_bytes": "Memory of all workers",
    "auction_calls_total": "Calls to the ad platform",
    "auction_answered_total": "Calls that were answered by its contract",
    "auction_late_total": "Calls for which the shopper did not wait any longer",
    "auction_failed_total": "Auctions without results, by reason",
    "auction_result_errors_total": "Auctions for which the ad platform said `error: true`",
    "auction_winners_unusable_total": "Winners that were not the contract",
    "auction_in_flight": "Calls under way now",
    "auction_breaker_open": "Workers that have stopped asking, since the ad platform failed",
    "auction_breaker_opened_total": "How often a worker stopped asking",
    "auction_pages_stopped": "Pages that are not asked for, since their answers came too late",
    "auction_guesses_total": "Visits that asked early, for the products that came the last time (`speculate`)",
    "auction_guesses_right_total": "Of these, those whose answer was used",
    "auction_guesses_wrong_total": "Of these, those whose answer was thrown away: an auction without an impression",
    "auction_pages_guessing": "Pages whose guesses are mostly right, so that they ask early now",
    "cache_answers_total": "Organic answers for rules with `cache`: hit, miss, revalidated, collapsed (asked for "
    "already), stale (the marketplace failed), past (the request has nothing to do with what is kept)",
    "cache_bytes": "Memory of the organic answers that are kept, and of what was read of them",
    "cache_entries": "Organic answers that are kept",
    "events_taken_total": "Events that were accepted and are new",
    "events_seen_total": "Events that were accepted before, by id and content: answered alike, and sent once",
    "events_conflicts_total": "Events with the id of another of other content; sent too",
    "events_filtered_total": "Events that were answered and are not sent on (crawlers, prefetches), by reason",
    "events_rejected_total": "Requests with events that were refused, and kept nowhere, by reason",
    "events_faults_total": "What was wrong with events that were refused, by the ad platform's code",
    "events_clock_total": "Events whose `occurredAt` is far from our clock; sent on",
    "events_gone_total": "Senders that left before their answer",
    "events_attempts_total": "Calls to the ad platform that carry events",
    "events_delivered_total": "Events that the ad platform has taken, by kind",
    "events_retried_total": "Events that were posted again",
    "events_ambiguous_total": "Calls that may have arrived and were not answered; sent again with the same ids",
    "events_rejected_batches_total": "Batches that were refused, and halved to find the bad event",
    "events_dead_total": "Events that went to the dead letters, by kind",
    "events_expired_total": "Of these, events that could not be delivered for 72 hours",
    "events_bugs_total": "Mistakes of ours in the delivery; the log has them",
    "events_v1_forwarded_total": "Events of version 1 that were handed on and answered by the ad platform",
    "events_v1_refused_total": "Of version 1, those that it refused",
    "events_v1_kept_total": "Of version 1, those that it could not take and that wait now",
    "events_v1_failed_total": "Of version 1, those whose failure was handed back",
    "segment_taken_total": "Events that calls of Segment's became, accepted and new",
    "segment_seen_total": "Of Segment's, events that were accepted before, by id and content",
    "segment_conflicts_total": "Of Segment's, events with the id of another of other content; sent too",
    "segment_filtered_total": "Of Segment's, events that were answered and are not sent on, by reason",
    "segment_ignored_total": "Calls of Segment's that are no events (identify, names that mean nothing), by reason",
    "segment_rejected_total": "Requests of Segment's that were refused, and kept nowhere, by reason",
    "segment_clock_total": "Of Segment's, events whose `occurredAt` is far from our clock; sent on",
    "segment_gone_total": "Senders of Segment's events that left before their answer",
    "widgets_asked_total": "Auctions of banner widgets",
    "widgets_answered_total": "Of these, those that the ad platform answered",
    "widgets_failed_total": "Of these, those that it failed",
    "widgets_overloaded_total": "Of these, those that were refused since too many were under way",
    "widgets_breaker_open_total": "Of these, those that were refused since the ad platform failed lately",
    "widgets_breaker_open": "Workers that do not ask for widgets now",
}

_LABELS: Final = {
    "auction_failed_total": "|reason|ads_down",
    "cache_answers_total": "|how|hit",
    "events_taken_total": "|kind|click",
    "events_filtered_total": "|reason|crawler",
    "events_rejected_total": "|reason|full",
    "events_faults_total": "|code|bad_request",
    "events_clock_total": "|off|future",
    "events_delivered_total": "|kind|clicks",
    "segment_taken_total": "|kind|clicks",
    "segment_filtered_total": "|reason|no_user",
    "segment_ignored_total": "|reason|unmapped",
    "segment_rejected_total": "|reason|key",
    "segment_clock_total": "|off|ahead",
    "events_dead_total": "|kind|clicks",
}

_PAGE: Final = """# Metrics

Made by `python -m proxy.ops.exposition > docs/metrics.md`; a test fails where the two differ.

`GET /metrics` on the admin address shows all workers added up. Counters of workers that died stay in the sums, so none
goes back; gauges are sums over the workers that live. Durations are seconds.

| metric | kind | labels | what it says |
|---|---|---|---|
{rows}
"""


@dataclass(frozen=True)
class House:
    """What the parent knows by itself."""

    version: str
    generation: int
    book: str
    pages: Sequence[str]
    problems: Sequence[str]
    workers_wanted: int
    workers_serving: int
    restarts: int
    reloads: int
    failed_reloads: int
    draining: bool
    outbox: Status | None = None


class _Collected(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = tuple(families)

    def collect(self) -> Iterable[Metric]:
        return self._families


def render(tally: Tally, house: House) -> bytes:
    """The whole page of metrics."""
    registry = CollectorRegistry()
    registry.register(_Collected(_all(tally, house)))
    return generate_latest(registry)


def _all(tally: Tally, house: House) -> Iterator[Metric]:
    yield from (*_of_pages(tally), *_of_workers(tally), *_of_the_house(house))
    if house.outbox is not None:
        yield from _of_the_outbox(house.outbox)


def as_markdown() -> str:
    """`docs/metrics.md`, so that what is documented is what is shown."""
    counters = {f"{name}{_LABELS.get(name, '')}": 0.0 for name in _HELP if name.endswith("_total")}
    gauges = {name: 0.0 for name in _HELP if not name.endswith("_total")}
    tally = Tally(pages={"search": Page(reasons={"served": 1})}, answers={"2xx": 1}, counters=counters, gauges=gauges)
    one = {"clicks": 1}
    outbox = Status(waiting=one, dead=one, filtered=one, oldest=0.0, size=0, limit=0, dead_size=0)
    house = House("", 0, "", (), (), 0, 0, 0, 0, 0, False, outbox)
    return _PAGE.format(rows="\n".join(_row(family) for family in _all(tally, house)))


def _row(family: Metric) -> str:
    name = f"{family.name}_total" if family.type == "counter" else family.name
    labels = dict.fromkeys(label for sample in family.samples for label in sample.labels if label != "le")
    return f"| `{name}` | {family.type} | {', '.join(f'`{label}`' for label in labels)} | {family.documentation} |"


def _of_pages(tally: Tally) -> Iterator[Metric]:
    visits = _counter("visits", "Requests to matched pages, by the reason with which they ended", "page", "reason")
    placed = _counter("winners_placed", "Ads that were merged into pages, banners included", "page")
    banners = _counter("banners_placed", "Banners that were written into pages", "page")
    slots = _counter("slots_offered", "Ads that the rules of these visits allow: the fill rate's denominator", "page")
    fetched = _counter("products_fetched", "Products of winners that were not on the page, and were fetched", "page")
    for name, page in sorted(tally.pages.items()):
        for reason, count in sorted(page.reasons.items()):
            visits.add_metric([name, reason], count)
        placed.add_metric([name], page.winners)
        slots.add_metric([name], page.slots)
        fetched.add_metric([name], page.fetched)
        banners.add_metric([name], page.banners)
    yield from (visits, placed, banners, slots, fetched)
    for kind, text in (
        ("upstream", "The marketplace's time, until its answer was complete"),
        ("ads", "The shopper's wait for ads after that, where there was one: the auction, and products to fetch"),
        ("added", "What the shopper waited because of us, ads included"),
    ):
        family = HistogramMetricFamily(f"{_PREFIX}{kind}_seconds", text, labels=["page"])
        for name, page in sorted(tally.pages.items()):
            _add_histogram(family, [name], getattr(page, kind))
        yield family


def _of_workers(tally: Tally) -> Iterator[Metric]:
    answers = _counter("responses", "Every answer to a shopper, matched page or not", "status")
    for status, count in sorted(tally.answers.items()):
        answers.add_metric([status], count)
    yield answers
    yield from _of_wings(tally.counters, CounterMetricFamily)
    yield from _of_wings(tally.gauges, GaugeMetricFamily)


def _of_wings(
    numbers: Mapping[str, float], kind: type[CounterMetricFamily] | type[GaugeMetricFamily]
) -> Iterator[Metric]:
    """`name`, or `name|label|value`."""
    families: dict[str, CounterMetricFamily | GaugeMetricFamily] = {}
    for key, number in sorted(numbers.items()):
        name, *label = key.split("|")
        if name not in families:
            families[name] = kind(_PREFIX + name.removesuffix("_total"), _HELP.get(name, name), labels=label[:1])
        families[name].add_metric(label[1:], number)
    yield from families.values()


def _of_the_house(house: House) -> Iterator[Metric]:
    yield GaugeMetricFamily(f"{_PREFIX}workers_serving", "Workers that serve", value=house.workers_serving)
    yield GaugeMetricFamily(f"{_PREFIX}workers_wanted", "--workers", value=house.workers_wanted)
    yield GaugeMetricFamily(f"{_PREFIX}draining", "1 from SIGTERM on", value=int(house.draining))
    yield CounterMetricFamily(f"{_PREFIX}worker_restarts", "Workers that were started again", value=house.restarts)
    yield CounterMetricFamily("config_reload", "Edits of the rules that were taken", value=house.reloads)
    failed = "Edits of the rules that were refused; the log says why"
    yield CounterMetricFamily("config_reload_failed", failed, value=house.failed_reloads)
    yield GaugeMetricFamily(f"{_PREFIX}rule_problems", "Problems of the last edit", value=len(house.problems))
    yield GaugeMetricFamily(f"{_PREFIX}book_generation", "Grows with every edit taken", value=house.generation)
    info = GaugeMetricFamily(f"{_PREFIX}build_info", "What runs, by which book", labels=["version", "book"])
    info.add_metric([house.version, house.book], 1)
    yield info


def _of_the_outbox(outbox: Status) -> Iterator[Metric]:
    for name, text, counts in (
        ("waiting", "Events that wait to be delivered, by kind", outbox.waiting),
        ("dead", "Dead letters: events that a person must decide about", outbox.dead),
        ("filtered", "Events that are not sent on and can still be looked at", outbox.filtered),
    ):
        family = GaugeMetricFamily(f"{_PREFIX}outbox_{name}", text, labels=["kind"])
        for kind, count in sorted(counts.items()):
            family.add_metric([kind], count)
        yield family
    for name, text, value in (
        ("oldest_seconds", "Age of the oldest event that waits; 0 where none does", outbox.oldest or 0.0),
        ("bytes", "What waits, in bytes of --outbox-size", outbox.size),
        ("limit_bytes", "--outbox-size", outbox.limit),
        ("dead_bytes", "The dead letters, in bytes of their own budget", outbox.dead_size),
        ("dead_limit_bytes", "That budget; what finds no room there goes on waiting", outbox.dead_limit),
        ("paused", "1 while delivery stands still because the set-up is at fault: ALERT", int(bool(outbox.paused))),
        ("trouble", "1 while events cannot be kept, and senders get 503: ALERT", int(bool(outbox.trouble))),
        ("set_aside", "1 where a damaged outbox was set aside: ALERT", int(bool(outbox.set_aside))),
        ("at_risk", "1 where Redis may lose what it has acknowledged: ALERT", int(bool(outbox.warning))),
    ):
        yield GaugeMetricFamily(f"{_PREFIX}outbox_{name}", text, value=value)


def _counter(name: str, text: str, *labels: str) -> CounterMetricFamily:
    return CounterMetricFamily(_PREFIX + name, text, labels=labels)


def _add_histogram(family: HistogramMetricFamily, labels: list[str], histogram: Histogram) -> None:
    bounds = [f"{bound / 1000:g}" for bound in BUCKETS] + ["+Inf"]
    running, buckets = 0, []
    for bound, count in zip(bounds, histogram.counts, strict=True):
        running += count
        buckets.append((bound, float(running)))
    family.add_metric(labels, buckets, sum_value=histogram.total / 1000)


if __name__ == "__main__":
    print(as_markdown(), end="")
