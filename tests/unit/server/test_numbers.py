from collections import Counter
from types import SimpleNamespace

from proxy.auction.breaker import Breaker
from proxy.ops import exposition
from proxy.reasons import Reason
from proxy.server import numbers


def test_the_auctions_numbers_have_names_and_their_failures_a_reason():
    counts = Counter({"calls": 9, "answered": 6, "late": 1, str(Reason.ADS_DOWN): 3})
    ads = SimpleNamespace(
        counts=counts,
        in_flight=2,
        breaker=Breaker(),
        pages_stopped=("search",),
        foresight=SimpleNamespace(pages_guessing=1),
    )
    told = numbers.of_ads(ads)
    assert told["auction_calls_total"] == 9
    assert told["auction_failed_total|reason|ads_down"] == 3
    assert told["auction_in_flight"] == 2
    assert (told["auction_breaker_open"], told["auction_pages_stopped"]) == (0, 1)
    assert not any(isinstance(number, bool) for number in told.values())
    assert {name.partition("|")[0] for name in told} <= set(exposition._HELP)


def test_segments_numbers_have_names_and_labels():
    counts = Counter({"taken|clicks": 3, "seen": 1, "conflicts": 1, "gone": 1, "clock|ahead": 1})
    counts |= Counter({"ignored|identify": 2, "filtered|no_user": 1, "rejected|key": 4})
    told = numbers.of_segment(SimpleNamespace(counts=counts))
    assert told["segment_taken_total|kind|clicks"] == 3
    assert told["segment_ignored_total|reason|identify"] == 2
    assert told["segment_rejected_total|reason|key"] == 4
    assert {name.partition("|")[0] for name in told} <= set(exposition._HELP)
