"""Whatever a marketplace answers: nothing is lost, nothing is doubled, and only ids decide.

The merged page is held against an oracle that knows nothing of decoders and addresses: it is handed the items and
gaps of which the body was made, and puts them together item by item.
"""

import json
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.auction.winners import Winner
from proxy.search.listing import NotAListing
from proxy.search.lossless.reading import LONG
from proxy.search.merge import merge
from proxy.search.plan import Plan
from tests.builders import a_rule

BLANKS = st.text(" \t\r\n", max_size=3)
NUMBERS = st.sampled_from(["0", "-0.0", "1.10", "1e5", "1E400", "12345678901234567890123456789012345", "-1.5e-7"])
STRINGS = st.sampled_from(['"a"', '""', '"\\u00e9\\/\\""', '"é😀"', '"]},{"', '"\\\\"', '"products"', '"\\u0069d"'])
KEYS = st.sampled_from(['"x"', '"y"', '"i\\u0064x"', '"products"', '"hits"', '"é"', '""', '"a\\"b"'])


@st.composite
def odd_json(draw, depth=2):
    """JSON as it may come: odd blanks, doubled keys, numbers that no decoder keeps."""
    kind = draw(st.integers(0, 5 if depth else 3))
    if kind < 4:
        return draw(NUMBERS if kind < 2 else STRINGS if kind == 2 else st.sampled_from(["true", "false", "null"]))
    inner = draw(st.lists(odd_json(depth - 1), max_size=3))
    if kind == 4:
        return blanked(draw, "[", ",", "]", inner)
    return blanked(draw, "{", ",", "}", [f"{draw(KEYS)}{draw(BLANKS)}:{draw(BLANKS)}{each}" for each in inner])


def blanked(draw, opening, comma, closing, parts):
    between = draw(BLANKS) + comma + draw(BLANKS)
    return opening + draw(BLANKS) + between.join(parts) + draw(BLANKS) + closing


@st.composite
def items(draw):
    """An item and the id that it has, or None."""
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return draw(odd_json()), None
    product_id = draw(st.sampled_from(["a", "b", "c", "d", "7", "1.0", "é"]))
    written = product_id if product_id[0] in "71" else json.dumps(product_id, ensure_ascii=draw(st.booleans()))
    others = [f"{draw(KEYS)}:{draw(odd_json())}" for _ in range(draw(st.integers(0, 2)))]
    if draw(st.integers(0, 4)) == 0:
        others.append(draw(st.sampled_from(['"rank":[1]', '"r\\u0061nk":{"rank":2}', '"rank":1,"rank":2'])))
    fields = draw(st.permutations([*others, f'"id" : {written}']))
    return blanked(draw, "{", ",", "}", fields), product_id


class Made:
    """A body, and what it was made of."""

    def __init__(self, draw):
        self.items = draw(st.lists(items(), max_size=7))
        self.same = draw(st.booleans())
        gap = draw(BLANKS) + "," + draw(BLANKS)
        self.gaps = [gap if self.same else draw(BLANKS) + "," + draw(BLANKS) for _ in self.items[1:]]
        around = [f"{draw(KEYS.filter(lambda key: 'products' not in key))}:{draw(odd_json())}" for _ in range(2)]
        self.is_long = draw(st.booleans())
        self.before = (
            " " * LONG * self.is_long + draw(BLANKS) + "{" + draw(BLANKS) + around[0] + ',"products":[' + draw(BLANKS)
        )
        self.behind = draw(BLANKS) + "]," + around[1] + draw(BLANKS) + "}" + draw(BLANKS)
        self.texts = [text for text, _ in self.items]
        self.ids = [product_id for _, product_id in self.items]
        self.body = self.together(self.texts, self.gaps)

    def together(self, texts, gaps):
        listing = "".join(text + gap for text, gap in zip(texts, [*gaps, ""], strict=True)) if texts else ""
        return (self.before + listing + self.behind).encode()


made = st.composite(Made)()
layouts = st.one_of(
    st.just({"place": "top"}),
    st.just({"place": "in_place"}),
    st.lists(st.integers(1, 9), min_size=4, max_size=4, unique=True).map(
        lambda places: {"place": "positions", "positions": sorted(places)}
    ),
    st.builds(
        lambda first, step: {"place": "every", "first": first, "step": step}, st.integers(1, 4), st.integers(1, 3)
    ),
)
winners = st.lists(st.sampled_from(["a", "b", "c", "d", "7", "1.0", "é", "zz"]), max_size=6).map(
    lambda ids: [Winner(rank=n, type="product", id=each, resolved_bid_id=f"~{n}") for n, each in enumerate(ids, 1)]
)


def oracle(ids, wanted, layout, slots, keep=False, grow=False):
    """The merged list as (item, rank or None), by the plainest reading of the rules."""
    ads = []
    for rank, product_id in enumerate(wanted, 1):
        if product_id in ids and ids.index(product_id) not in [item for item, _ in ads]:
            ads.append((ids.index(product_id), rank))
    ads = ads[:slots]
    if layout["place"] == "in_place":
        return [(n, dict(ads).get(n)) for n in range(len(ids))]
    if keep and not grow:
        ads = ads[: len(ids)]
    rest = [(n, None) for n in range(len(ids)) if keep or n not in dict(ads)]
    size = len(ids) + (len(ads) if keep and grow else 0)
    if layout["place"] == "top":
        places = list(range(size))
    elif layout["place"] == "positions":
        places = [place - 1 for place in layout["positions"]]
    else:
        places = [layout["first"] - 1 + n * layout["step"] for n in range(slots)]
    merged = [None] * size
    for n, ad in reversed([*enumerate(ads)]):  # from the last: each goes to its place, or to the last one still free
        place = min(places[n], size - 1)
        while merged[place] is not None:
            place -= 1
        merged[place] = ad
    rest = iter(rest)
    return [slot or next(rest) for slot in merged]


def without_blanks(body):
    return body.translate(None, b" \t\r\n")


BID = re.compile(r'"resolvedBidId":"~(\d+)",?')


def untagged(text):
    """An ad's bytes without its tag, as far as the tag was new."""
    return BID.sub("", text, count=1)


@settings(max_examples=300, deadline=None)
@given(made, winners, layouts, st.integers(1, 4), st.booleans(), st.booleans())
def test_the_merged_page_is_what_the_plainest_reading_of_the_rule_gives(page, ads, layout, slots, keep, grow):
    keep = keep and layout["place"] != "in_place"
    extra = {"keep_organic": True, "page_size": "grow" if grow else "keep"} if keep else {}
    fields = {"fields": {"resolvedBidId": "resolved_bid_id"}}
    plan = Plan(a_rule(slots=slots, tag=fields, **layout, **extra))
    read = plan.read(page.body)
    assert read.listings[0].ids == [each for each in page.ids if each is not None]
    found = merge(plan, read, [ads])
    expected = oracle(page.ids, [ad.id for ad in ads], layout, slots, keep, grow)
    if not any(rank for _, rank in expected):
        assert found.body is page.body
        return
    gaps = page.gaps + [page.gaps[-1] if page.gaps else ","] * len(expected)
    texts = [
        page.texts[item] if rank is None else page.texts[item].replace("{", f'{{"resolvedBidId":"~{rank}",', 1)
        for item, rank in expected
    ]
    expected_body = page.together(texts, gaps[: len(texts) - 1])
    body = found.body
    if page.is_long and not page.same:  # neighbours that stay neighbours keep what is between them
        assert sorted(body) == sorted(expected_body) or layout["place"] == "in_place" or keep
        body, expected_body = without_blanks(body), without_blanks(expected_body)
    assert body == expected_body
    assert found.placed == sum(rank is not None for _, rank in expected)
    shown = [(page.ids[item] or "", rank or 0) for item, rank in expected]
    assert found.order == (tuple(shown),)


@settings(max_examples=150, deadline=None)
@given(made, winners, layouts, st.integers(1, 4))
def test_no_item_is_lost_and_none_is_doubled_whatever_stood_under_the_tags_names(page, ads, layout, slots):
    plan = Plan(a_rule(slots=slots, **layout, tag={"organic": {"rank": None}, "summary": "$.extensions.sponsored"}))
    found = merge(plan, plan.read(page.body), [ads])
    after, before = json.loads(found.body), json.loads(page.body)
    if not found.placed:
        assert found.body is page.body
        return
    assert [each["rank"] for each in after.pop("extensions")["sponsored"]] == [
        each.winner.rank for each in found.listings[0].placed
    ]
    assert after.keys() == before.keys()
    again = after["products"]
    assert sorted(map(plain, again)) == sorted(map(plain, before["products"]))
    ranks = [each["rank"] for each in again if isinstance(each, dict) and "resolvedBidId" in each]
    assert sorted(ranks) == [each.winner.rank for each in found.listings[0].placed]
    assert layout["place"] == "in_place" or ranks == sorted(ranks)


PRODUCTS = st.builds(
    lambda blank, more, behind: f'{blank}{{{blank}"id": "zz", "x": {more}{blank}}}{behind}'.encode(),
    BLANKS,
    odd_json(),
    BLANKS,
)
ANSWERS = st.one_of(
    PRODUCTS,
    PRODUCTS,
    PRODUCTS,
    PRODUCTS.map(lambda answer: answer + b"]"),
    PRODUCTS.map(lambda answer: answer[:-1]),
    odd_json().map(str.encode),
    st.binary(max_size=40),
)


@settings(max_examples=300, deadline=None)
@given(made, ANSWERS, layouts.filter(lambda layout: layout["place"] != "in_place"))
def test_whatever_a_product_answers_it_stands_whole_on_the_page_or_not_at_all(page, answer, layout):
    plan = Plan(a_rule(slots=4, missing="fetch", fetch="/p/{id}", **layout))
    read = plan.read(page.body)
    item = plan.product(answer)
    fetched = {"zz": item} if item is not None and plan.id_of(item) == "zz" else {}
    ads = [Winner(rank=1, type="product", id="zz", resolved_bid_id="~1")]
    found = merge(plan, read, [ads], fetched=fetched)
    if not found.placed:
        assert found.body is page.body
        return
    after, before = json.loads(found.body), json.loads(page.body)
    own = [each for each in after["products"] if isinstance(each, dict) and each.get("resolvedBidId") == "~1"]
    assert [plain(each) for each in own] == [plain(json.loads(answer))]
    after["products"].remove(own[0])
    assert after == before


BANNERS = st.lists(st.sampled_from(["$.ribbon", "$.ads.side", "$.ads.top.left"]), min_size=1, max_size=3, unique=True)


@settings(max_examples=150, deadline=None)
@given(made, winners, BANNERS, st.integers(0, 2))
def test_banners_stand_beside_the_listing_and_change_nothing_else(page, ads, places, count):
    plan = Plan(a_rule(slots=2, banners=[{"slot_id": at, "at": at, "slots": 2} for at in places]))
    ribbon = [Winner(rank=n, type="url", id="/é", resolved_bid_id=f"~{n}", asset=b"[1.0]") for n in range(1, count + 1)]
    read = plan.read(page.body)
    without, found = merge(plan, read, [ads]), merge(plan, read, [ads], banners=[ribbon] * len(places))
    assert (found.placed, found.order, found.banners) == (without.placed, without.order, count * len(places))
    after = json.loads(found.body)
    for at in places if count else ():
        *above, last = at.split(".")[1:]
        holder = after[above[0]] if above else after
        holder = holder[above[1]] if above[1:] else holder
        assert [each["id"] for each in holder.pop(last)] == ["/é"] * count
    assert after.pop("ads", {}) in ({}, {"top": {}})
    assert after == json.loads(without.body)
    listing = page.body[read.listings[0].span.start : read.listings[0].span.end]
    assert without.placed or listing in found.body


def plain(item):
    if isinstance(item, dict):
        item = {key: value for key, value in item.items() if key not in ("rank", "resolvedBidId")}
    return json.dumps(item, sort_keys=True)


SELECTORS = st.sampled_from(
    ["$", "$.products", "$.a.b", "$[*]", "$.r[*].hits", "$.r[0].hits", "$.s[?@.k == 'v'].i", "$[*][*]"]
)
WORDS = st.sampled_from(
    [
        '"products"',
        '"a"',
        '"b"',
        '"r"',
        '"hits"',
        '"s"',
        '"k"',
        '"v"',
        '"i"',
        '"id"',
        ":",
        ",",
        "{",
        "}",
        "[",
        "]",
        "1",
        "null",
    ]
)


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=60),
        odd_json().map(str.encode),
        st.lists(WORDS, max_size=30).map(lambda words: "".join(words).encode()),
        made.flatmap(lambda page: st.integers(0, len(page.body)).map(lambda end: page.body[:end])),
        made.flatmap(
            lambda page: st.tuples(st.integers(0, len(page.body)), st.binary(max_size=3)).map(
                lambda cut: page.body[: cut[0]] + cut[1] + page.body[cut[0] + 1 :]
            )
        ),
    ),
    SELECTORS,
)
def test_any_bytes_are_a_page_or_not_a_listing(body, selector):
    plan = Plan(a_rule(list=selector, quality="$.x", vendor="$.y.x"))
    try:
        page = plan.read(body)
    except NotAListing:
        return
    before = json.loads(body.decode("utf-8-sig"))
    ids = [listing.ids[:2] for listing in page.listings]
    results = [[Winner(rank=1, type="product", id=each, resolved_bid_id="~1") for each in some] for some in ids]
    found = merge(plan, page, results)
    assert (found.body is body) == (not any(ids))
    assert type(json.loads(found.body.decode("utf-8-sig"))) is type(before)
