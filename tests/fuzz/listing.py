"""Any body of a marketplace: a page whose listings are where a plain reader finds them, or NotAListing; and a merge
that keeps every item's bytes.

The first byte picks a rule, the second which products win, the third what else there is to write. The plain reader is
the standard library's, with doubled keys kept and numbers as they are written.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from proxy.auction.winners import Winner
from proxy.rules.rule import Banner, Rule
from proxy.rules.selector import Selector
from proxy.search.listing import NotAListing, Page
from proxy.search.lossless.reading import LONG
from proxy.search.merge import Merged, merge
from proxy.search.plan import Plan
from tests.builders import a_rule

_BID: Final = {"fields": {"resolvedBidId": "resolved_bid_id"}}
_FULL: Final = {
    "at": "$.ad",
    "fields": {"resolvedBidId": "resolved_bid_id", "rank": "rank", "page": "page", "m": "metadata"},
    "organic": {"rank": None, "is": "id"},
    "append": {"at": "$.badges", "value": {"name": "=x", "values": ["resolved_bid_id"]}},
    "summary": "$.meta.sponsored",
}
_RULES: Final = (
    a_rule(),
    a_rule(list="$", tag=_BID, slots=3, place="positions", positions=[1, 3, 9]),
    a_rule(list="$.data.search.results", id="$.product.id", tag=_BID | {"at": "$.product"}, place="in_place"),
    a_rule(list="$.results[*].hits", id="$.objectID", slots=2, place="every", step=2, tag=_BID),
    a_rule(list="$.r[1].hits", id="$.id", tag=_BID, slots=4, keep_organic=True, page_size="grow"),
    a_rule(list="$.s[?@.kind == 'grid'].items", id="$.id", quality="organic", tag={"summary": "$.s2.ads"}),
    a_rule(id_pattern="^(?:sku-)?([0-9]+)$", slots=3, quality="$.score", vendor="$.seller.id", max_per_vendor=1),
    a_rule(tag=_FULL, slots=2),
    a_rule(list="$.products", id="$.ids[0]", keep_organic=True, tag=_BID),
    a_rule(list="$['a\"b']['é']", id="$['i\\td']", tag={"fields": {"é\"": "resolved_bid_id"}}),
    a_rule(list="$.products[*]", id="$.id.id", quality="$.id.q", slots=2, tag=_BID),
    a_rule(tag={"append": {"at": "$.props[0].w", "value": "resolved_bid_id"}}, id="$.props[?@.k == 'sku'].v"),
    a_rule(slots=3, tag={"summary": "$.ads"}),
)  # fmt: skip
# What no rule file may say yet is built by hand.
_FETCHING: Final = replace(_RULES[-1], layout=replace(_RULES[-1].layout, missing="fetch"))
_BANNERS: Final = tuple([Banner(slot_id="b", at=Selector.parse(at)) for at in ("$.banners", "$.meta.sponsored.b")])
_PLANS: Final = tuple(map(Plan, [*_RULES, _FETCHING, replace(_RULES[0], banners=_BANNERS)]))
_BODIES: Final = (
    b'{"total": 3, "products":[{"id":"a","name":"one"}, {"id":"b"} ,{"id":"c","n":1.0}], "more":{"ids":["id"]}}',
    b'[{"id":"a"},\n {"id":7},null,{"name":"x"},{"id":"a","v":2}]',
    b'{"data":{"search":{"results":[{"product":{"id":"p1","t":"\\u00e9"}},{"product":{"id":12345678901234567890}}]}}}',
    b'{"results":[{"hits":[{"objectID":"a"},{"objectID":"b"}]},{"error":1},{"hits":[]},{"hits":[{"objectID":"c"}]}]}',
    b'{"r":[{"hits":[]},{"x":[],"hits":[{"id":"a"},{"id":"b"},{"id":"c"}]}],"\\u0072x":0}',
    b'{"s":[{"kind":"row"},{"kind":"grid","items":[{"id":"x"},{"id":"y"}]},{"kind":"grid","items":[{"id":"z"}]}]}',
    b'{"products":[{"id":"sku-1","score":0.5,"seller":{"id":"v"}},{"id":2,"score":1e2,"seller":{"id":"v"}},{"id":"x3"}]}',
    b'{"products":[{"id":"a","ad":{},"badges":[]},{"id":"b","ad":{"rank":9,"r\\u0061nk":1}},{"id":"c"}],"meta":{}}',
    b'{"products":[{"ids":["a",1]},{"ids":{}},{"ids":["b"]}]}',
    b'\xef\xbb\xbf{"a\\"b":{"\xc3\xa9":[{"i\\td":"a","\\u00e9":1},{"i\\u0009d":"b","\xc3\xa9\\"":0}]}}',
    b'{"products":[[{"id":{"id":"a","q":1}},{"id":{"id":"b","q":null}}],{"x":1},[{"id":{"id":"\xf0\x9f\x98\x80"}}]]}',
    b'{"products":[{"props":[{"k":"sku","v":"a"}]},{"props":[{"v":[]},{"k":"sku","v":"b"}]}]}',
    b'{"products":[{"id":"a"},{"id":"b"}],"ads":null}',
    b'{"products":[{"id":"a"}, {"id":"b"}]}',
    b'{"products":[{"id":"a"},{"id":"b"}],"meta":{"sponsored":null},"banners":[1]}',
)
WORDS: Final = sorted(
    {*b'{ } [ ] : , null true 1 -0.0 1e400 "a" "\\" \\\\ \\u0069 \\ud800 "\\u0069d" {"id":1}, {"id":"a"}, NaN'.split()}
    | {b'"%b"' % key for key in re.findall(rb'"([a-zA-Z]+)"', b"".join(_BODIES))}
    | {b" ", b"\t", b"\n", b"\xef\xbb\xbf", b"\xc3\xa9", b"\xed\xa0\x80", b"\xff", b"\x00", b"products", b"id"}
)


def seeds() -> Iterator[bytes]:
    for number, body in enumerate(_BODIES):
        for wins in (0xFF, 0x55):
            yield bytes([number, wins, number * 37 & 255]) + body


def check(data: bytes) -> None:
    if len(data) < 3:
        return
    plan, wins, more, body = _PLANS[data[0] % len(_PLANS)], data[1], data[2], data[3:]
    if more & 32:  # a long body is read in another way
        body = b" " * LONG + body
    try:
        page = plan.read(body)
    except NotAListing:
        return
    before = plain_of(body)
    if before is not TOO_DEEP:
        as_a_plain_reader_finds_it(plan.rule, page, before)
    merges(plan, page, before, wins, more)


# -- the plain reader -----------------------------------------------------------


class Number(str):
    """A number as it is written."""

    __slots__ = ()


class Doubled(dict[str, Any]):
    """An object as every common reader takes it (the last of equal keys), which knows its members as written."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


TOO_DEEP: Final = object()


def plain_of(text: bytes) -> Any:
    """The value; an AssertionError where it is no JSON."""
    try:
        return _DECODER.decode(text.decode("utf-8-sig"))
    except RecursionError:
        return TOO_DEEP
    except ValueError as error:
        raise AssertionError(f"taken for JSON: {error}") from None


def _no_json(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=Doubled, parse_float=Number, parse_int=Number, parse_constant=_no_json
)


def id_of(rule: Rule, item: Any) -> str | None:
    """The id by the plainest reading of the rule."""
    found = rule.products.id.find(item)[:1]
    text = str(found[0]) if found and isinstance(found[0], str) else ""
    if rule.products.id_pattern and (match := re.search(rule.products.id_pattern, text)):
        return match[1]
    return None if rule.products.id_pattern else text or None


def as_a_plain_reader_finds_it(rule: Rule, page: Page, before: Any) -> None:
    """The same arrays, items and ids, each item where its bytes are."""
    steps = rule.products.list
    arrays = [each for each in steps.find(before) if isinstance(each, list) or ends_in_all(rule, each)]
    assert len(page.listings) == len(arrays)
    for listing, array in zip(page.listings, arrays, strict=True):
        assert [plain_of(bytes(item)) for item in listing.items] == array
        assert [listing.item(n) for n in range(len(listing))] == [*map(bytes, listing.items)]
        ids = [id_of(rule, item) for item in array]
        assert listing.ids == [each for each in ids if each is not None]
        assert list(listing.positions) == [n for n, each in enumerate(ids) if each is not None]
        assert listing.scores is None or len(listing.scores) == len(listing.ids)
        assert listing.scores is None or all(0 < score <= 1 for score in listing.scores)
        assert listing.vendors is None or len(listing.vendors) == len(listing.ids)
        inside = page.body[listing.span.start : listing.span.end]
        gaps = list(listing.pieces.gaps)
        gaps = gaps * (len(array) - 1) if len(gaps) == 1 else gaps
        assert inside == b"".join([bytes(i) + g for i, g in zip(listing.items, [*gaps, b""], strict=False)])


def ends_in_all(rule: Rule, value: Any) -> bool:
    """No rule here takes an object for a listing."""
    return False


# -- the merge ------------------------------------------------------------------


class Kept(NamedTuple):
    """A listing's items as bytes, and what they are without anything that a rule of ours writes."""

    texts: list[bytes]
    bare: list[str]


def winners_of(ids: Sequence[str], wins: int, more: int) -> list[Winner]:
    """Every product whose bit is set wins, and one that is not in the listing."""
    chosen = [each for n, each in enumerate(ids[:8]) if wins >> n & 1]
    if more & 1:
        chosen.reverse()
    if more & 2:
        chosen.insert(more >> 2 & 1, "not there")
    if more & 8 and chosen:
        chosen.append(chosen[0])
    raw = b'{"m":[1]}' if more & 16 else None
    return [
        Winner(rank=n, type="product", id=each, resolved_bid_id=f"~{n}", metadata=raw, asset=raw)
        for n, each in enumerate(chosen, 1)
    ]


def merges(plan: Plan, page: Page, before: Any, wins: int, more: int) -> None:
    results = [winners_of(listing.ids, wins, more) for listing in page.listings]
    fetched = {"not there": b'{"id":"not there","vendor":1}'} if plan.rule.layout.missing == "fetch" else {}
    banners = [results[0][:1]] * 2 if plan.rule.banners else []
    merged = merge(plan, page, results, fetched=fetched, banners=banners)
    if not merged.placed and not merged.banners:
        assert merged.body is page.body or plain_of(merged.body) == before
        return
    assert merged.body.startswith(b"\xef\xbb\xbf") == page.body.startswith(b"\xef\xbb\xbf")
    if before is TOO_DEEP or (after := plain_of(merged.body)) is TOO_DEEP:
        return
    assert type(after) is type(before)
    again = plan.read(merged.body)
    assert len(again.listings) == len(page.listings)
    nothing_lost(plan, page, again, merged)
    assert bare(emptied(plan.rule, before)) == bare(emptied(plan.rule, after))


def nothing_lost(plan: Plan, page: Page, again: Page, merged: Merged) -> None:
    layout = plan.rule.layout
    for old, new, placement in zip(page.listings, again.listings, merged.listings, strict=True):
        ads = placement.placed
        outside = sum(ad.before is None for ad in ads)
        was, now = kept(old.items), kept(new.items)
        if layout.keep_organic:
            assert len(now.texts) == len(was.texts) + (len(ads) if layout.page_size == "grow" else 0)
            left = len(was.texts) - (0 if layout.page_size == "grow" else len(ads))
            assert not Counter(was.texts[:left]) - Counter(now.texts)
        else:
            assert len(now.texts) == len(was.texts) + outside
            assert not Counter(was.bare) - Counter(now.bare), "an item was lost"
        for ad in ads:
            text = now.texts[ad.position - 1]
            assert b'"%b"' % ad.winner.resolved_bid_id.encode() in text
            if ad.before is not None:
                assert bare(plain_of(text)) == was.bare[ad.before - 1]
        if not plan.organic:
            seats = {ad.position - 1 for ad in ads}
            assert not Counter([text for n, text in enumerate(now.texts) if n not in seats]) - Counter(was.texts)
        assert len(placement.order) == len(now.texts)
        assert [new.id_of.get(n, "") for n in range(len(new))] == [each for each, _ in placement.order]


def kept(items: Sequence[Any]) -> Kept:
    texts = [bytes(item) for item in items]
    return Kept(texts, [bare(plain_of(text)) for text in texts])


_WRITTEN: Final = {"resolvedBidId", "rank", "page", "m", "is", "badges", "meta", "s2", "ads", 'é"', "banners", "v", "w"}


def bare(value: Any) -> str:
    """A value as text, without anything under a name that a rule of ours writes."""
    if isinstance(value, Doubled):
        return "{" + ",".join(f"{key!r}:{bare(each)}" for key, each in value.pairs if key not in _WRITTEN) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(bare, value)) + "]"
    return f"{type(value).__name__}:{value!r}"


def emptied(rule: Rule, value: Any) -> Any:
    """The value with nothing in its listings."""
    for each in rule.products.list.find(value):
        if isinstance(each, list):
            each.clear()
    return value
