from proxy.sandbox.repertoire import AUCTION_LIES, EVENT_LIES, LIES


def test_every_lie_says_what_it_does():
    assert all(LIES.values())


def test_every_lie_is_one_to_auctions_to_events_or_to_both():
    assert set(AUCTION_LIES) | set(EVENT_LIES) == set(LIES)
    assert {"truth", "hang", "500", "429"} <= set(AUCTION_LIES) & set(EVENT_LIES)


def test_what_is_told_after_the_events_are_stored_is_for_events_alone():
    after = {lie for lie in LIES if lie.endswith("-after")}
    assert after
    assert not after & set(AUCTION_LIES)
