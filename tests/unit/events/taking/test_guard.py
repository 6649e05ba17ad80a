import pytest

from proxy.events.taking import guard
from proxy.events.taking.guard import Guard, Rate, odd_clock, whose, why_invalid

# -- how much ----


def test_without_a_rate_nobody_waits_and_nobody_is_remembered():
    free = Guard(None)
    assert {free.wait("a", float(now)) for now in range(1000)} == {0.0}
    free.charge("a", 1000, 0.0)
    assert len(free) == 0


def test_a_bucket_holds_what_the_rate_names_and_fills_at_that_rate():
    held = Guard(Rate(3, 1.5))
    assert [held.wait("a", 10.0) for _ in range(3)] == [0.0] * 3
    assert held.wait("a", 10.0) == pytest.approx(0.5)
    assert held.wait("a", 10.25) == pytest.approx(0.25)
    assert held.wait("a", 10.5) == 0.0
    assert held.wait("a", 10.5) == pytest.approx(0.5)
    assert [held.wait("a", 1000.0) for _ in range(3)] == [0.0] * 3
    assert held.wait("a", 1000.0) > 0


def test_one_clients_bucket_is_nobody_elses():
    held = Guard(Rate(1, 1))
    assert held.wait("a", 0.0) == 0.0
    assert held.wait("a", 0.0) > 0
    assert held.wait("b", 0.0) == 0.0


def test_a_batch_is_never_out_of_reach_and_its_sender_waits_the_longer():
    held = Guard(Rate(10, 1))
    assert held.wait("a", 0.0) == 0.0
    held.charge("a", 199, 0.0)
    assert held.wait("a", 0.0) == pytest.approx(19.1)
    assert held.wait("a", 19.0) > 0
    assert held.wait("a", 19.2) == 0.0


def test_a_refused_request_costs_nothing_more():
    held = Guard(Rate(1, 1))
    held.wait("a", 0.0)
    waits = [held.wait("a", 0.5) for _ in range(100)]
    assert waits == [pytest.approx(0.5)] * 100


def test_a_thousand_a_second_from_one_client_are_held_to_the_rate():
    held = Guard(Rate(50, 1))
    taken = sum(held.wait("loud", now / 1000) == 0.0 for now in range(5000))
    quiet = [held.wait("quiet", float(second)) for second in range(5)]
    assert 295 <= taken <= 300
    assert quiet == [0.0] * 5


def test_who_was_not_heard_of_longest_is_forgotten():
    held = Guard(Rate(1, 3600), most=3)
    for client in "abca":
        held.wait(client, 0.0)
    held.wait("d", 0.0)
    assert len(held) == 3
    assert held.wait("c", 0.0) > 0
    assert held.wait("b", 0.0) == 0.0


def test_a_hundred_thousand_clients_are_remembered_at_most():
    held = Guard(Rate(1, 1))
    for number in range(guard.MOST_CLIENTS + 500):
        held.wait(str(number), 0.0)
    assert len(held) == 100_000


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "20010db800010002::/64"),
        ("2001:db8:1:2::9%eth0", "20010db800010002::/64"),
        ("unknown", "unknown"),
        ("a:b", "a:b"),
    ],
)
def test_a_client_is_an_address_or_an_ipv6_network(address, client):
    assert whose(address) == client


# -- what is no shopper's ----


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({b"user-agent": b"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}, "crawler"),
        ({b"user-agent": b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36"}, None),
        ({b"user-agent": b"curl/8.5.0"}, None),
        ({b"user-agent": b"\xff\xfe"}, None),
        ({}, None),
        ({b"sec-purpose": b"prefetch;prerender"}, "prefetch"),
        ({b"sec-purpose": b"Prefetch"}, "prefetch"),
        ({b"purpose": b"prefetch"}, "prefetch"),
        ({b"x-moz": b"prefetch"}, "prefetch"),
        ({b"x-purpose": b"preview"}, None),
    ],
)
def test_crawlers_that_name_themselves_and_prefetches_are_invalid(fields, why):
    assert why_invalid(fields) == why


def test_only_impressions_and_clicks_can_be_invalid():
    assert set(guard.INTERACTIONS) == {"impressions", "clicks", "Impression", "Click"}


# -- clocks ----

NOW = 1_700_000_000.0  # 2023-11-14T22:13:20Z


@pytest.mark.parametrize(
    ("moment", "odd"),
    [
        ("2023-11-14T22:13:20Z", None),
        ("2023-11-14T22:18:20Z", None),
        ("2023-11-14T22:23:20Z", "ahead"),
        ("2023-11-15T00:23:20+02:00", "ahead"),
        ("2023-11-15T00:13:20.5+02:00", None),
        ("2023-11-08T22:13:20Z", None),
        ("2023-11-07T22:13:19Z", "behind"),
        ("2023-10-15T22:13:20Z", "behind"),
        ("0001-01-01T00:00:00+14:00", "behind"),
        ("9999-12-31T23:59:60.123456789Z", "ahead"),
        ("", None),
        ("yesterday", None),
    ],
)
def test_a_clock_that_is_off_is_seen(moment, odd):
    assert odd_clock(moment, NOW) == odd


def test_what_is_spent_is_noted_for_those_who_count_the_same_clients():
    held = Guard(Rate(10, 1), shared=True)
    assert held.wait("1.1.1.1", 0.0) == 0
    held.charge("1.1.1.1", 4, 0.0)
    held.wait("2.2.2.2", 0.0)
    assert held.spent(1) == {"1.1.1.1": 5}
    assert held.spent(9) == {"2.2.2.2": 1}
    assert held.spent(9) == {}


def test_what_others_counted_is_taken_over_but_for_what_was_spent_meanwhile():
    held = Guard(Rate(10, 1), shared=True)
    held.wait("1.1.1.1", 0.0)
    held.spent(9)
    held.charge("1.1.1.1", 2, 0.0)
    held.learn("1.1.1.1", 2.5, 0.0)
    assert held.wait("1.1.1.1", 0.0) == 0.05


def test_who_shares_with_nobody_notes_nothing():
    alone = Guard(Rate(10, 1))
    alone.wait("1.1.1.1", 0.0)
    assert alone.spent(9) == {}
