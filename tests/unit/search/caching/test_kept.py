"""Who may have a kept answer, and what it weighs."""

import gzip
import json
import tracemalloc
from typing import Any

import pytest

from proxy.search.answer import HTTP
from proxy.search.caching.kept import Kept
from proxy.search.caching.reply import KeptReply
from proxy.search.headers import for_merged_page
from proxy.search.plan import Plan
from tests.unit.search.caching.answers import RULE, asked, kept

COOKIE = ("Cookie", "a=1")
REGION = ("Cookie", "region=de")
KEY = ("Authorization", "x")


@pytest.mark.parametrize(
    ("control", "of", "to", "answers"),
    [
        ("max-age=60", [], [], True),
        ("max-age=60", [], [COOKIE], False),
        ("public", [], [COOKIE], True),
        ("public", [COOKIE], [], True),
        ("public", [COOKIE], [("Cookie", "b=2")], True),
        ("max-age=60", [REGION], [REGION], True),
        ("max-age=60", [REGION], [], False),
        ("max-age=60", [REGION], [("Cookie", "region=fr")], False),
        ("public", [REGION], [("Cookie", "region=fr")], False),
        ("public", [REGION], [("Cookie", "region=de; a=1")], True),
        ("max-age=60", [], [KEY], False),
        ("s-maxage=60", [], [KEY], True),
        ("must-revalidate", [KEY], [], True),
        ("must-revalidate", [KEY], [KEY, COOKIE], False),
    ],
)
def test_who_may_have_it(control: str, of: Any, to: Any, answers: bool) -> None:
    assert kept(f"Cache-Control: {control}", ask=of).answers(asked(*to)) is answers


def test_it_answers_who_says_the_same_in_what_it_varies_with() -> None:
    one = kept("Vary: Accept-Language", ask=[("Accept-Language", "de")])
    assert one.answers(asked(("accept-language", "de")))
    assert not one.answers(asked(("Accept-Language", "fr")))
    assert not one.answers(asked())


def test_what_one_plan_read_is_not_taken_for_anothers() -> None:
    one, plan, edited = kept(), Plan(RULE), Plan(RULE)
    page = plan.read(one.raw)
    one.remember(plan, page)
    assert one.page_of(plan) is page
    assert one.page_of(edited) is None
    one.forget_page()
    assert one.page_of(plan) is None


@pytest.mark.parametrize("count", [2, 50, 2000])
@pytest.mark.parametrize("coded", [False, True])
@pytest.mark.parametrize("cut", [False, True])
def test_it_weighs_what_it_takes(count: int, coded: bool, cut: bool) -> None:
    text = json.dumps({"products": [{"id": f"sku-{n:06}", "name": "x" * 200} for n in range(count)]}).encode()
    raw = gzip.compress(text) if coded else text
    plan = Plan(RULE)
    plan.read(text)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    one = kept(*[f"X-{n}: {'v' * 40}" for n in range(10)], body=bytes(bytearray(raw)))
    page = plan.read(bytes(bytearray(text)) if coded else one.raw)
    one.remember(plan, page)
    assert not cut or len(page.listings[0].items) == count
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before <= one.weight <= 4 * (after - before) + 4096


def test_every_page_with_ads_that_is_made_of_it_has_one_head() -> None:
    one = kept("Cache-Control: max-age=60", 'ETag: "v1"', "X-A: 1", "Age: 3")
    assert one.merged_head == one.merged_head == HTTP % (200, b"OK") + for_merged_page(KeptReply(one, 130).raw_headers)


def test_an_answer_replaces_the_one_before_it() -> None:
    def told(*fields: str, **how: Any) -> Kept:
        return kept(*fields, at=200, **how)

    assert told().replaces(kept())
    assert not told(ask=[REGION]).replaces(kept())
    assert not told("Vary: X-A", ask=[("X-A", "1")]).replaces(kept("Vary: X-A"))
    assert told("Cache-Control: public").replaces(kept())
