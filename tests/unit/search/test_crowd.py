"""One client can have so many requests under way, and no other client notices."""

import pytest

from proxy.errors import ShopperTrouble
from proxy.search.crowd import Crowd


def test_a_client_with_too_many_under_way_is_refused_and_another_is_not() -> None:
    crowd = Crowd(2)
    crowd.enter("a")
    crowd.enter("a")
    with pytest.raises(ShopperTrouble) as refused:
        crowd.enter("a")
    assert refused.value.status == 429
    crowd.enter("b")
    crowd.leave("a")
    crowd.enter("a")


def test_who_has_left_is_forgotten() -> None:
    crowd = Crowd(2)
    for client in map(str, range(1000)):
        crowd.enter(client)
        crowd.leave(client)
    assert crowd._inside == {}


def test_without_a_limit_nothing_is_counted() -> None:
    crowd = Crowd(None)
    assert not crowd.counts
    for _ in range(10_000):
        crowd.enter("a")
    crowd.leave("a")
    assert crowd._inside == {}
