from collections import Counter
from types import SimpleNamespace

from proxy.auction.breaker import Breaker
from proxy.ops import exposition
from proxy.reasons import Reason
from proxy.server import numbers


def test_the_auctions_numbers_have_names_and_their_failures_a_reason():
    counts = Counter({"calls": 9, "answered": 6, "late": 1, str(Reason.ADS_DOWN): 3})
    ads = SimpleNamespace(counts=counts, in_flight=2, breaker=Breaker(), pages_stopped=("search",), foresight=SimpleNamespace(pages_guessing=1))
    told = numbers.of_ads(ads)
    assert told["auction_calls_total"] == 9
    assert told["auction_failed_total|reason|ads_down"] == 3
    assert told["auction_in_flight"] == 2
    assert (told["auction_breaker_open"], told["auction_pages_stopped"]) == (0, 1)
    assert not any(isinstance(number, bool) for number in told.values())
    assert {name.partition("|")[0] for name in told} <= set(exposition._HELP)
