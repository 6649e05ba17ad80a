"""The story of one request, told from what is known of it."""

import json

from proxy.cli.story import Call, Story, as_json, as_text
from proxy.reasons import Reason
from proxy.rules.book import Verdict
from proxy.search.visit import Visit
from tests.builders import a_rule

RULE = a_rule(slots=2)


def a_visit(**what: object) -> Visit:
    known = {
        "id": "x",
        "page": "search",
        "reason": Reason.SERVED,
        "status": 200,
        "method": "GET",
        "path": "/",
        "book": "b",
    }
    return Visit(**(known | what))  # type: ignore[arg-type]


def a_story(visit: Visit | None = None, **what: object) -> Story:
    known = {"method": "GET", "target": "/api/search?q=x", "verdicts": [Verdict(RULE, True, "everything holds")]}
    return Story(**(known | {"rule": RULE, "visit": visit or a_visit()} | what))  # type: ignore[arg-type]


def test_each_place_says_who_stood_there_and_who_stands_there_now_and_why() -> None:
    text = as_text(a_story(a_visit(organic=(("a", "b", "c"),), merged=((("c", 1), ("a", 0), ("b", 0)),), winners=1)))
    rows = [line.split() for line in text.splitlines() if line[2:5].strip().isdigit()]
    assert [row[:3] for row in rows] == [["1", "a", "c"], ["2", "b", "a"], ["3", "c", "b"]]
    assert "Sponsored: rank 1 of the auction; was 3" in text
    assert "1 of 2 slots, placed by `layout.place: top`" in text


def test_an_ad_that_was_not_on_the_page_says_so() -> None:
    rule = a_rule(missing="fetch", fetch="/p/{id}")
    visit = a_visit(organic=(("a",),), merged=((("z", 1), ("a", 0)),), winners=1, fetched=1)
    text = as_text(a_story(visit, rule=rule))
    assert "was not on the page" in text
    assert "1 fetched from /p/{id}, since the page did not have them" in text


def test_banners_are_told_beside_the_places_of_the_products() -> None:
    rule = a_rule(slots=2, banners=[{"slot_id": "a", "at": "$.a"}, {"slot_id": "b", "at": "$.b.c", "slots": 2}])
    story = a_story(a_visit(organic=(("a",),), winners=3, banners=2), rule=rule)
    assert "1 of 2 slots, placed by" in as_text(story)
    assert "2 of 3 banners, written at `$.a` or `$.b.c`" in as_text(story)
    assert "slots, placed by" not in as_text(a_story(a_visit(winners=2, banners=2), rule=rule))
    assert json.loads(as_json(story))["banners"] == 2


def test_a_long_list_ends_where_nothing_more_is_told() -> None:
    ids = tuple(str(n) for n in range(100))
    assert "… and 60 more, in organic order" in as_text(a_story(a_visit(organic=(ids,))))


def test_an_ending_says_what_its_reason_means() -> None:
    text = as_text(a_story(a_visit(reason=Reason.NOT_A_LISTING, detail="there is no `products`")))
    assert "Ended as not_a_listing: no result array where `products.list` says it is (there is no `products`)" in text


def test_the_auction_is_shown_as_it_went_and_what_is_long_is_cut() -> None:
    text = as_text(a_story(calls=[Call(b'{"auctions":[]}', b"x" * 5000)]))
    assert '{"auctions":[]}' in text
    assert "5000 characters" in text


def test_machines_get_all_of_it() -> None:
    story = a_story(
        a_visit(organic=(("a",),), merged=((("a", 1),),), winners=1), calls=[Call(b'{"q":1}', b"<html>"), Call(b"{}")]
    )
    read = json.loads(as_json(story))
    assert read["listings"] == [{"organic": ["a"], "merged": [{"id": "a", "rank": 1}]}]
    assert read["auctions"] == [{"sent": {"q": 1}, "answer": "<html>"}, {"sent": {}, "answer": None}]
    assert (read["page"], read["reason"], read["winners"]) == ("search", "served", 1)


def test_a_request_that_no_rule_took_is_a_story_too() -> None:
    story = Story("GET", "/other", [Verdict(RULE, False, "the path is /other")])
    assert "No rule takes it" in as_text(story)
    assert json.loads(as_json(story))["page"] is None


def test_a_rule_with_a_preset_is_shown_with_all_that_it_then_says() -> None:
    story = a_story(written="page: search\npreset: solr\n")
    assert "The rule `search`, with what it has from its preset\n  page: search\n  preset: solr\n" in as_text(story)
    assert json.loads(as_json(story))["rule"] == "page: search\npreset: solr\n"
    assert "preset" not in as_text(a_story())
    assert json.loads(as_json(a_story()))["rule"] is None
