import json

from hypothesis import given
from hypothesis import strategies as st

from proxy.cli.explaining.cause import Cause
from proxy.cli.explaining.screen import NARROWEST, Look, width
from proxy.cli.explaining.story import Call, Story
from proxy.cli.explaining.telling import ROWS, as_text
from proxy.reasons import Reason
from proxy.rules.book import Verdict
from tests.builders import a_rule
from tests.unit.cli.explaining.stories import RULE, a_story, a_visit

LOOK = Look()

SERVED = """\
GET /api/search?q=x

Rules
  -> search  everything under `match` holds
     home    the path is /api/search, not /home

Auction: asked
  {
    "auctions": [
      {
        "ids": ["a", "b", "c"]
      }
    ]
  }

Its answer
  {
    "winners": ["c"]
  }

3 products
     organic                        shown
  1  a  Lamp                      * c                            ad 1 ↑2
  2  b                              a  Lamp                      ↓1
  3  c                              b                            ↓1

Headers
  - ETag: "1"  (true only of the marketplace's own bytes)
  + Cache-Control: private, no-store  (the ads are for one shopper)

120.0 ms
  search       90.0 ms  ██████████████████████
  auction      29.0 ms  ███████
  proxy         1.0 ms

Ended as served: ads were merged into the page
  1 of 2 slots, placed by `layout.place: top`
"""


def test_a_page_with_ads_is_told_from_top_to_bottom() -> None:
    visit = a_visit(
        organic=(("a", "b", "c"),),
        merged=((("c", 1), ("a", 0), ("b", 0)),),
        winners=1,
        upstream_ms=90.0,
        ads_ms=29.0,
        proxy_ms=1.0,
    )
    home = Verdict(a_rule(page="home"), False, "the path is /api/search, not /home")
    story = a_story(
        visit,
        verdicts=[Verdict(RULE, True, "everything under `match` holds"), home],
        calls=[Call(b'{"auctions": [{"ids": ["a", "b", "c"]}]}', b'{"winners": ["c"]}')],
        titles={"a": "Lamp"},
        came=[("ETag", '"1"')],
        went=[("Cache-Control", "private, no-store")],
    )
    assert as_text(story, LOOK) == SERVED


NOT_TAKEN = """\
GET /other

Rules
     search  the path is /other

No rule takes it: it passes through to the marketplace, untouched.
"""


def test_a_request_that_no_rule_takes_is_a_short_story() -> None:
    assert as_text(Story("GET", "/other", [Verdict(RULE, False, "the path is /other")]), LOOK) == NOT_TAKEN
    assert "there are none" in as_text(Story("GET", "/", []), LOOK)


WITHOUT_ADS = """\
GET /api/search?q=x

Rules
  -> search  everything under `match` holds

Ended as not_a_listing: no result array where `products.list` says it is (there
is no `products`)
  To do: `explain` the page; mend `products.list`.
"""


def test_a_page_without_ads_says_why_and_what_to_do() -> None:
    visit = a_visit(reason=Reason.NOT_A_LISTING, detail="there is no `products`")
    assert as_text(a_story(visit), LOOK) == WITHOUT_ADS


def test_without_an_ad_platform_it_says_what_would_be_sent_and_blames_nobody() -> None:
    text = as_text(a_story(a_visit(reason=Reason.ADS_DOWN), asked=False, calls=[Call(b'{"slots": 2}')]), LOOK)
    assert 'Auction: would be asked\n  {\n    "slots": 2\n  }\n' in text
    assert text.endswith("No auction was sent, so nothing was merged: --ads-url names whom to ask.\n")
    assert "ads_down" not in text


def test_an_auction_without_an_answer_says_so_and_what_is_no_json_is_shown_as_it_is() -> None:
    text = as_text(a_story(calls=[Call(b"{}"), Call(b"{}", b"<html>\nno\x1b[2J")]), LOOK)
    assert "Auction 1: asked\n  {}\n  No answer came.\n" in text
    assert "Its answer\n  <html>\n  no?[2J\n" in text


def test_a_long_answer_is_cut_and_says_where_the_rest_is() -> None:
    answer = json.dumps([{"id": n} for n in range(100)]).encode()
    text = as_text(a_story(calls=[Call(b"{}", answer)]), LOOK)
    assert f"and {302 - ROWS} lines more; --format json has all of them" in text


def test_banners_and_fetched_products_are_told_beside_the_places_of_the_products() -> None:
    rule = a_rule(
        slots=2,
        missing="fetch",
        fetch="/p/{id}",
        banners=[{"slot_id": "a", "at": "$.a"}, {"slot_id": "b", "at": "$.b.c", "slots": 2}],
    )
    visit = a_visit(organic=(("a",),), merged=((("z", 1), ("a", 0)),), winners=3, banners=2, fetched=1)
    text = as_text(a_story(visit, rule=rule), LOOK)
    assert "1 of 2 slots, placed by" in text
    assert "2 of 3 banners, written at `$.a` or `$.b.c`" in text
    assert "1 fetched from /p/{id}, since the page did not have them" in text
    assert "slots, placed by" not in as_text(a_story(a_visit(winners=2, banners=2), rule=rule), LOOK)


def test_a_rule_with_a_preset_is_shown_with_all_that_it_then_says() -> None:
    text = as_text(a_story(written="page: search\nproducts:  # solr\n"), LOOK)
    assert "The rule `search`, with what it has from its preset\n  page: search\n  products:  # solr\n" in text
    assert "preset" not in as_text(a_story(), LOOK)


anything = st.text(max_size=60) | st.text(alphabet="日💡\x1b[31m\n\r\u202e ", max_size=60)


@given(anything, anything, st.binary(max_size=80), st.integers(20, 200))
def test_nothing_in_a_request_or_an_answer_breaks_a_line_or_orders_the_terminal_about(
    target: str, id: str, answer: bytes, wide: int
) -> None:
    visit = a_visit(organic=((id,),), merged=(((id, 1),),), winners=1, detail=target, ads_ms=1.0)
    story = a_story(
        visit,
        target=target,
        calls=[Call(target.encode("utf-8", "replace"), answer)],
        titles={id: target},
        came=[(target, id)],
        went=[(id, target)],
    )
    text = as_text(story, Look(wide))
    assert all(width(line) <= max(NARROWEST, wide) for line in text.split("\n"))
    assert all(each == "\n" or each.isprintable() for each in text)


def test_of_several_listings_the_slots_are_those_of_the_listings_that_were_asked_about() -> None:
    organic = (("a", "b", "c"), ("d",), ("e", "f"))
    merged = ((("a", 1), ("b", 2), ("c", 0)), (("d", 0),), (("e", 1), ("f", 0)))
    text = as_text(a_story(a_visit(organic=organic, merged=merged, winners=3)), LOOK)
    assert "3 of 2 times 2 slots, placed by `layout.place: top`" in text


def test_what_was_seen_in_the_answer_is_told_with_what_to_do() -> None:
    cause = Cause("`$` has no `itms`; it has `items`", "write `list: $.items`")
    text = as_text(a_story(a_visit(reason=Reason.NOT_A_LISTING, detail="raw words"), cause=cause), LOOK)
    assert "  `$` has no `itms`; it has `items`.\n  To do: write `list: $.items`.\n" in text
    assert "raw words" not in text
