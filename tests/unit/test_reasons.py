"""Every reason is a plain word and has a meaning."""

from proxy.reasons import Reason


def test_a_reason_is_the_word_that_the_header_shows() -> None:
    assert str(Reason.TOO_LATE) == "too_late"
    assert Reason("too_late") is Reason.TOO_LATE


def test_every_reason_has_a_meaning() -> None:
    assert all(len(reason.meaning) > 10 for reason in Reason)
    assert len({reason.meaning for reason in Reason}) == len(Reason)
