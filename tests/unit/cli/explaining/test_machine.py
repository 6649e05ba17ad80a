import json

from proxy.cli.explaining.cause import Cause
from proxy.cli.explaining.machine import as_json
from proxy.cli.explaining.story import Call, Story
from proxy.reasons import Reason
from proxy.rules.book import Verdict
from tests.docs.markdown import ROOT, table_rows
from tests.unit.cli.explaining.stories import RULE, a_story, a_visit


def test_machines_get_all_of_it() -> None:
    visit = a_visit(organic=(("a",),), merged=((("a", 1),),), winners=1, upstream_ms=84.04, ads_ms=31.0)
    calls = [Call(b'{"q":1}', b"<html>"), Call(b"{}")]
    read = json.loads(as_json(a_story(visit, calls=calls, titles={"a": "Lamp"}, came=[("ETag", "1")])))
    assert read["listings"] == [
        {"organic": ["a"], "merged": [{"id": "a", "rank": 1, "was": 1}], "titles": {"a": "Lamp"}}
    ]
    assert read["auctions"] == [{"sent": {"q": 1}, "answer": "<html>"}, {"sent": {}, "answer": None}]
    assert (read["page"], read["reason"], read["winners"]) == ("search", "served", 1)
    assert read["headers"] == {"removed": [{"name": "ETag", "value": "1"}], "added": []}
    assert read["milliseconds"] == {"search": 84.0, "auction": 31.0, "proxy": 0.0}


def test_a_page_without_ads_says_why_and_what_to_do() -> None:
    read = json.loads(as_json(a_story(a_visit(reason=Reason.NO_WINNERS))))
    assert (read["meaning"], read["advice"]) == ("the auction had no winner", "look at the campaigns")


def test_what_was_seen_in_the_answer_is_the_detail() -> None:
    visit = a_visit(reason=Reason.NOT_A_LISTING, detail="raw words")
    read = json.loads(as_json(a_story(visit, cause=Cause("`$` has no `itms`", "write `list: $.items`"))))
    assert (read["detail"], read["advice"]) == ("`$` has no `itms`", "write `list: $.items`")
    assert json.loads(as_json(a_story(visit)))["detail"] == "raw words"


def test_a_request_that_no_rule_took_is_a_story_too() -> None:
    read = json.loads(as_json(Story("GET", "/other", [Verdict(RULE, False, "the path is /other")])))
    assert (read["page"], read["reason"], read["milliseconds"]) == (None, None, None)
    assert read["rules"] == [{"page": "search", "takes": False, "why": "the path is /other"}]


def test_every_key_is_described_in_its_order() -> None:
    told = [cells[0].strip("`") for cells in table_rows(ROOT / "docs" / "explain.md")[2:]]
    assert told == list(json.loads(as_json(a_story())))
