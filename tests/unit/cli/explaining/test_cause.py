"""Why an answer had no ads, told from the answer itself."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.cli.explain import SavedHead
from proxy.cli.explaining.cause import UNKNOWN, Cause, cause_of
from proxy.reasons import Reason
from proxy.search.organic import Organic
from proxy.search.plan import Plan
from tests.builders import a_rule

ITEMS = [{"id": f"p{n}", "name": "Lamp"} for n in range(3)]


def cause(
    reason: Reason, value: object, rule: dict[str, object] | None = None, status: int = 200, **fields: str
) -> Cause:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    lines = {"Content-Type": "application/json"} | {name.replace("_", "-"): text for name, text in fields.items()}
    head = SavedHead(len(body), tuple((name.encode(), text.encode()) for name, text in lines.items()), status)
    plan = Plan(a_rule(**(rule or {})))
    return cause_of(reason, plan, Organic(head, body, whole=True), "http://shop.example/s", 1 << 20)  # type: ignore[arg-type]


def no_listing(value: object, list: str = "$.data.items", **fields: str) -> Cause:
    return cause(Reason.NOT_A_LISTING, value, {"list": list}, **fields)


def test_another_status_is_told_with_what_to_send() -> None:
    assert "refuses this (401); send what your frontend sends" in cause(Reason.NOT_OK, {}, status=401).seen
    assert "redirects (302) to http://shop.example/t;" in cause(Reason.NOT_OK, {}, status=302, location="/t").seen


@pytest.mark.parametrize(
    ("value", "seen", "to_do"),
    [
        (
            {"data": {"itms": [], "total": 1}},
            "`$.data` has no `items`; it has `itms`, `total`",
            "write `list: $.data.itms`",
        ),
        ({"result": 1}, "`$` has no `data`; it has `result`", "`init`"),
        ({"data": {}}, "`$.data` has no `items`; it has nothing in it", "`init`"),
        ({"data": [1]}, "`$.data` is a list, so .items takes nothing of it", "`init`"),
        ({"data": {"items": {"1": {}}}}, "`$.data.items` is an object, not a list", "`init`"),
        ({"data": {"items": None}}, "`$.data.items` is null, not a list", "`init`"),
        ({"data": {"items": 3}}, "`$.data.items` is a number, not a list", "`init`"),
        ([], "`$` is a list, so .data takes nothing of it", "`init`"),
        (b"", "the response is empty", ""),
        (b"<!doctype html><html>", "the response is a web page", ""),
        ({f"k{n}": n for n in range(20)}, "`k7` and 12 more", "`init`"),
    ],
)
def test_what_stands_where_the_list_should_is_told(value: object, seen: str, to_do: str) -> None:
    told = no_listing(value)
    assert seen in told.seen
    assert to_do in told.to_do


def test_lists_in_lists_are_followed() -> None:
    assert no_listing({"results": []}, "$.results[*].hits").seen == "`$.results` is a list, so [*] takes nothing of it"
    assert "`$.results[*]` has no `hits`" in no_listing({"results": [{"docs": []}]}, "$.results[*].hits").seen


def test_an_answer_that_is_not_even_read_says_what_it_is_sent_as() -> None:
    assert "its Content-Type is text/html" in no_listing({}, Content_Type="text/html").seen
    assert "its Content-Encoding is odd" in no_listing({}, Content_Encoding="odd").seen


def test_a_coding_is_undone_before_the_list_is_looked_for() -> None:
    body = gzip.compress(b'{"data": {}}')
    assert "`$.data` has no `items`" in no_listing(body, Content_Encoding="gzip").seen
    assert no_listing(b"no gzip", Content_Encoding="gzip") == UNKNOWN


def few(items: object, **rule: object) -> Cause:
    return cause(Reason.TOO_FEW_PRODUCTS, {"products": items}, {"list": "$.products", **rule})


def test_products_without_an_id_are_not_called_too_few() -> None:
    told = few(ITEMS, id="$.sku")
    assert told.seen == "none of the 3 items has an id at `$.sku`; the first has `id`, `name`"
    assert "mend `products.id`" in told.to_do


def test_a_pattern_that_takes_no_id_is_told_with_an_id() -> None:
    told = few(ITEMS, id_pattern="gid://shop/(.+)")
    assert told.seen.endswith('`products.id_pattern` takes no id out of "p0"')
    assert told.to_do == "mend `products.id_pattern`"


def test_products_that_are_too_few_are_counted() -> None:
    assert few(ITEMS[:1]) == Cause("1 in the listing, 2 wanted at least")


def test_xml_is_told_without_its_keys() -> None:
    rule = {"list": "/r/p", "id": "./@sku", "tag": {"fields": {"bid": "resolved_bid_id"}}}
    told = cause(Reason.TOO_FEW_PRODUCTS, b"<r><p id='1'/><p id='2'/></r>", rule, Content_Type="text/xml")
    assert told.seen == "none of the 2 items has an id at `./@sku`"


@pytest.mark.parametrize("reason", [Reason.SERVED, Reason.NO_WINNERS, Reason.BUG])
def test_what_is_no_matter_of_the_answer_is_not_guessed_at(reason: Reason) -> None:
    assert cause(reason, {}) == UNKNOWN
    assert cause_of(Reason.NOT_OK, Plan(a_rule()), None, "http://shop.example/s", 1) == UNKNOWN


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["data", "items", "hits", "x"]), inner),
    max_leaves=8,
)


@given(anything, st.sampled_from(["$", "$.data.items", "$.data[*].hits", "$[0].x", "$.data[?@.x == 1].items"]))
def test_any_answer_is_told_of_in_one_line_or_not_at_all(value: object, path: str) -> None:
    told = no_listing(value, path)
    assert "\n" not in told.seen
    assert isinstance(few(value).seen, str)
