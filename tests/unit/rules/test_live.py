import pytest

from proxy.errors import RuleTrouble
from proxy.rules.book import Book
from proxy.rules.live import Live
from proxy.rules.problems import Problem
from tests.builders import a_rule_text

GOOD = {"a.yaml": a_rule_text().encode()}
BETTER = {"a.yaml": a_rule_text(page="better").encode()}
BAD = {"a.yaml": a_rule_text(mode="lve").encode()}


def pages(book: Book) -> list[str]:
    return [rule.page for rule in book.rules]


def test_before_the_first_book_there_is_nothing_in_force() -> None:
    live: Live[list[str]] = Live()
    assert live.generation == 0
    with pytest.raises(LookupError):
        _ = live.current
    assert not live.offer(BAD, pages)
    with pytest.raises(LookupError):
        _ = live.current


def test_a_good_edit_comes_into_force() -> None:
    live: Live[list[str]] = Live()
    assert live.offer(GOOD, pages)
    assert live.offer(BETTER, pages)
    assert (live.current, live.generation, live.problems) == (["better"], 2, ())


def test_a_bad_edit_keeps_the_old_book_and_says_why() -> None:
    live: Live[list[str]] = Live()
    live.offer(GOOD, pages)
    before = live.current
    assert not live.offer(BAD, pages)
    assert live.current is before
    assert live.generation == 1
    assert [problem.key for problem in live.problems] == ["mode"]
    assert live.offer(GOOD, pages)
    assert live.problems == ()


def test_rules_that_cannot_be_made_ready_keep_the_old_book() -> None:
    def refuse(book: Book) -> list[str]:
        raise RuleTrouble([Problem("error", "a.yaml", 1, 1, "products.list", "no")])

    def stumble(book: Book) -> list[str]:
        raise ZeroDivisionError("ours")

    live: Live[list[str]] = Live()
    live.offer(GOOD, pages)
    assert not live.offer(BETTER, refuse)
    assert [problem.message for problem in live.problems] == ["no"]
    assert not live.offer(BETTER, stumble)
    assert "ZeroDivisionError: ours" in live.problems[0].message
    assert (live.current, live.generation) == (["search"], 1)


def test_warnings_are_shown_beside_the_book_in_force() -> None:
    live: Live[list[str]] = Live()
    assert live.offer({"a.yaml": a_rule_text(tag="{fields: {rank: rank}}").encode()}, pages)
    assert [problem.severity for problem in live.problems] == ["warning"]
