import pytest

from proxy.sandbox.behaviour import Behaviour, EventBehaviour, Manners, read_delay, read_lies, read_rate


@pytest.mark.parametrize(
    ("text", "seconds"), [("30ms", (0.03, 0.03)), ("30ms..90ms", (0.03, 0.09)), ("1.5s", (1.5, 1.5)), ("0", (0, 0))]
)
def test_a_delay_is_one_duration_or_two(text, seconds):
    assert read_delay(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "30", "fast", "-1ms", "90ms..30ms", "1ms..2ms..3ms"])
def test_another_delay_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="delay"):
        read_delay(text)


@pytest.mark.parametrize("value", ["1.1", "-0.1", "often", "nan", None])
def test_a_fail_rate_is_a_share(value):
    assert read_rate("0.5") == 0.5
    with pytest.raises(ValueError, match="from 0 to 1"):
        read_rate(value)


def test_lies_are_named_with_commas_or_as_a_list():
    assert read_lies("html, 401") == read_lies(["html", 401]) == ("html", "401")
    assert read_lies("") == read_lies([]) == read_lies(None) == ()


def test_an_unknown_lie_is_refused_with_those_that_there_are():
    with pytest.raises(ValueError, match="unknown-ids, doubled"):
        read_lies("white")


def test_a_change_keeps_what_it_does_not_name_and_is_told_as_it_is_written():
    changed = Behaviour(fail_rate=0.5).with_changes({"delay": "10ms..20ms", "lie": ["html"]})
    assert changed == Behaviour((0.01, 0.02), 0.5, ("html",))
    assert Behaviour().with_changes(changed.told()) == changed


def test_a_change_of_something_else_is_refused():
    with pytest.raises(ValueError, match="no `lies`"):
        Behaviour().with_changes({"lies": "html"})


def test_a_lie_of_the_other_side_is_refused():
    with pytest.raises(ValueError, match="no lie here is called 'hostile'; there are truth, html"):
        EventBehaviour().with_changes({"lie": "hostile"})
    with pytest.raises(ValueError, match="no lie here is called 'close-after'"):
        Behaviour().with_changes({"lie": ["close-after"]})


def test_a_change_is_for_both_sides_or_for_one():
    manners = Manners().with_changes({"delay": "1ms", "events": {"delay": "2ms", "lie": "close-after"}})
    assert (manners.auctions, manners.events) == (
        Behaviour((0.001, 0.001)),
        EventBehaviour((0.002, 0.002), lies=("close-after",)),
    )
    manners = manners.with_changes({"fail_rate": 1, "auctions": {"fail_rate": 0}})
    assert (manners.auctions.fail_rate, manners.events.fail_rate) == (0, 1)
    assert manners.events.lies == ("close-after",)


def test_a_lie_for_both_is_told_by_whoever_can():
    manners = Manners().with_changes({"lie": ["hostile", "401", "close"]})
    assert (manners.auctions.lies, manners.events.lies) == (("hostile", "401"), ("401", "close"))
    assert manners.with_changes({"lie": []}) == Manners()


def test_what_is_told_can_be_given_back():
    manners = Manners().with_changes({"lie": "500", "events": {"poison": "^bad", "any_bid": True}})
    assert Manners().with_changes(manners.told()) == manners


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"lie": "white"}, "no lie is called"),
        ({"poison": "x"}, "no `poison`; write delay or fail_rate or lie"),
        ({"auctions": {"poison": "x"}}, "no `poison`"),
        ({"events": {"poison": "("}}, "no regular expression"),
        ({"events": {"any_bid": "yes"}}, "true or false"),
        ({"events": "html"}, "write an object"),
        ({"event": {}}, "no `event`"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_in_words(changes, told):
    with pytest.raises(ValueError, match=told):
        Manners().with_changes(changes)
