import pytest

from proxy.sandbox.behaviour import LIES, Behaviour, read_delay, read_lies, read_rate


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


def test_every_lie_says_what_it_does():
    assert all(LIES.values())
