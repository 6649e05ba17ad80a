"""What makes no sense in where winners go and what is written: `layout`, `tag`, `products`, `banners`. Pure."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

from proxy.rules.judging.finding import Found, Matter
from proxy.rules.reading.draft import Draft
from proxy.rules.selector import Every, Name, Selector, Where
from proxy.rules.values import OF_ANY_ITEM, Value, names_in

# Five auctions a call is the ad platform's limit, and the listing is one of them.
BANNERS_OF_ONE_CALL: Final = 4
MOST_BANNERS: Final = 19  # with a listing four calls, side by side

# -- where winners go -------------------------------------------------------------


def places(rule: Draft) -> Iterator[Found]:
    place = rule.get("layout.place")
    stray = [key for key in ("first", "step") if rule.given(f"layout.{key}")]
    if rule.given("layout.positions") and place != "positions":
        yield Found("layout.positions", f"`positions` means nothing with `place: {place}`", "write `place: positions`")
    elif stray and place != "every":
        which = " and ".join(f"`{key}`" for key in stray)
        means = "mean" if len(stray) > 1 else "means"
        yield Found(f"layout.{stray[0]}", f"{which} {means} nothing with `place: {place}`", "write `place: every`")
    elif place == "positions" and not rule.get("layout.positions"):
        yield Found("layout.place", "`place: positions` needs `positions`", "for example `positions: [1, 4, 9]`")
    elif place == "every" and not rule.get("layout.step"):
        yield Found("layout.place", "`place: every` needs `step`", "for example `step: 5`")


def positions(rule: Draft) -> Iterator[Found]:
    wanted = rule.get("layout.positions")
    for n, (before, after) in enumerate(pairwise(wanted), start=1):
        if after <= before:
            twice = f"{after} stands twice" if after in wanted[:n] else f"{after} stands behind {before}"
            right = f"write [{', '.join(map(str, sorted(set(wanted))))}]"
            yield Found(f"layout.positions[{n}]", f"{twice}: places rise with the rank", right)
            return
    if not wanted or rule.get("layout.place") != "positions":
        return
    slots = rule.get("auction.slots")
    if len(wanted) > slots:
        message = f"there are more positions ({len(wanted)}) than slots ({slots})"
        yield Found("layout.positions", message, "the last ones stay empty", "warning")
    elif len(wanted) < slots:
        message = f"there are fewer positions ({len(wanted)}) than slots ({slots})"
        yield Found("layout.positions", message, "winners without a place are not shown", "warning")


def keeping(rule: Draft) -> Iterator[Found]:
    keeps = rule.get("layout.keep_organic")
    if keeps and rule.get("layout.place") == "in_place":
        hint = "remove one of the two"
        yield Found("layout.keep_organic", "with `place: in_place` nothing moves, and nothing is doubled", hint)
    elif rule.given("layout.page_size") and not keeps:
        message = "the page keeps its size unless `keep_organic` is true"
        yield Found("layout.page_size", message, "write `keep_organic: true`, or remove this")


def vendors(rule: Draft) -> Iterator[Found]:
    if rule.given("layout.max_per_vendor") and not rule.get("products.vendor"):
        hint = "for example `products.vendor: $.seller.id`"
        yield Found("layout.max_per_vendor", "`products.vendor` does not say where the vendor stands", hint)
    unused = rule.given("products.vendor") and not rule.get("layout.max_per_vendor")
    if unused and not rule.of_preset("products.vendor"):
        message = "only `layout.max_per_vendor` uses this, and it is not given"
        yield Found("products.vendor", message, "remove one, or write the other", "warning")


def fetching(rule: Draft) -> Iterator[Found]:
    fetches = rule.get("layout.missing") == "fetch"
    if fetches and not rule.get("layout.fetch"):
        yield Found("layout.missing", "`missing: fetch` needs `fetch`", 'for example `fetch: "/api/products/{id}"`')
    elif fetches and rule.get("layout.place") == "in_place":
        message = "with `place: in_place` nothing is added to the listing"
        yield Found("layout.missing", message, "write `missing: drop`, or another place")
    elif fetches and not rule.get("auction.search_query"):
        # Only what shoppers search for brings keyword campaigns into an auction, and with them products of their own.
        message = "without `auction.search_query` every winner is one of the page's own products"
        yield Found("layout.missing", message, "write `search_query`, or `missing: drop`", "warning")
    stray = [key for key in ("fetch", "product") if rule.given(f"layout.{key}")]
    if stray and not fetches:
        yield Found(f"layout.{stray[0]}", f"`{stray[0]}` means nothing without `missing: fetch`", "write both, or none")


# -- what is written --------------------------------------------------------------


def fields(rule: Draft) -> Iterator[Found]:
    fields, summary = rule.get("tag.fields"), rule.get("tag.summary")
    template = rule.get("tag.append.value") if rule.given("tag.append") else ()
    if not fields and not summary and not rule.given("tag.append"):
        hint = "remove `fields` to get the usual ones: resolvedBidId and rank"
        yield Found("tag.fields", "nothing would be written, and no click could be told from another", hint)
    elif not summary and "resolved_bid_id" not in [*names_in(fields), *names_in(template)]:
        message = "`resolved_bid_id` is written nowhere: clicks on these ads cannot be reported"
        yield Found("tag.fields", message, "for example `resolvedBidId: resolved_bid_id`", "warning")


def organic_fields(rule: Draft) -> Iterator[Found]:
    values: dict[str, Value] = rule.get("tag.organic")
    for name, value in values.items():
        if value.name and value.name not in OF_ANY_ITEM:
            message = f"an organic item has no `{value.name}`"
            yield Found(f"tag.organic.{name}", message, "write null, another literal, id or page")


def appended(rule: Draft) -> Iterator[Found]:
    if not rule.given("tag.append"):
        return
    at, target = rule.get("tag.at"), rule.get("tag.append.at")
    for name in rule.get("tag.fields"):
        if (*at.steps, Name(name)) == target.steps:
            yield Found(
                "tag.append.at", f"`tag.fields` writes `{name}` over this array", "remove it from one of the two"
            )


def written_places(rule: Draft) -> Iterator[Found]:
    """A summary and banners stand outside the listing, and each has its own place."""
    listing: Selector = rule.get("products.list")
    taken: dict[tuple[object, ...], str] = {}
    keys = ["tag.summary"] if rule.given("tag.summary") else []
    keys += [f"banners[{n}].at" for n in range(rule.count("banners"))]
    for key in keys:
        place: Selector = rule.get(key)
        if place.is_xpath or listing.is_xpath:
            continue
        if not listing.steps:
            yield Found(key, "the whole body is the listing: there is no place beside it", "remove this")
        elif _touch(place, listing):
            yield Found(key, f"`{place}` and the listing `{listing}` stand in each other's way", "choose another place")
        elif place.steps in taken:
            yield Found(key, f"`{taken[place.steps]}` is written to the same place", "choose another place")
        taken.setdefault(place.steps, key)


def _touch(one: Selector, other: Selector) -> bool:
    """One holds the other."""
    return all(a == b for a, b in zip(one.steps, other.steps, strict=False))


def banners(rule: Draft) -> Iterator[Found]:
    count = rule.count("banners")
    if count > MOST_BANNERS:
        hint = f"write {MOST_BANNERS} at most"
        yield Found(f"banners[{MOST_BANNERS}]", f"{count} banners are more than a page can hold", hint)
    elif count > BANNERS_OF_ONE_CALL:
        message = "one call to the ad platform takes five auctions, a listing and four banners: each page asks twice"
        yield Found(f"banners[{BANNERS_OF_ONE_CALL}]", message, "remove some, if you can", "warning")
    for n in range(rule.count("banners")):
        if rule.given(f"banners[{n}].category") and rule.given(f"banners[{n}].search_query"):
            yield Found(f"banners[{n}].search_query", "a banner has a category or search words, not both", "remove one")


def listing(rule: Draft) -> Iterator[Found]:
    selector: Selector = rule.get("products.list")
    if selector.steps and isinstance(selector.steps[-1], Every | Where):
        array = str(Selector.of(selector.steps[:-1]))
        message = f"`{selector}` makes a listing of every element"
        yield Found("products.list", message, f"write `{array}` where that is the array of products", "warning")
    if rule.given("match.graphql") and selector.steps[:1] != (Name("data"),) and not selector.is_xpath:
        hint = f"write `$.data{str(selector)[1:]}`"
        yield Found("products.list", "a GraphQL answer has all its fields under `data`", hint, "warning")


def caching(rule: Draft) -> Iterator[Found]:
    if not rule.given("cache"):
        return
    if "GET" not in rule.get("match.methods"):
        yield Found("cache", "only answers to GET are kept, and this rule takes none", "remove it")
        return
    if rule.given("cache.vary"):
        for n, source in enumerate(rule.get("cache.vary")):
            if source.kind not in ("header", "cookie"):
                why = (
                    "is in the body, and a request with one is not kept"
                    if source.needs_body
                    else "is in the URL anyway"
                )
                yield Found(f"cache.vary[{n}]", f"`{source}` {why}", "write headers and cookies only", "warning")


def mixed(rule: Draft) -> Iterator[Found]:
    listing = rule.get("products.list")
    for key in ("products.id", "products.vendor", "products.quality", "tag.at"):
        value: Any = rule.values.get(key)
        if isinstance(value, Selector) and value.is_xpath != listing.is_xpath:
            kind = "XPath (of XML)" if listing.is_xpath else "JSONPath"
            yield Found(key, f"`products.list` is {kind}, and this is not", "write both for one format")


MATTERS: Final[tuple[Matter, ...]] = (
    places,
    positions,
    keeping,
    vendors,
    fetching,
    fields,
    organic_fields,
    appended,
    written_places,
    banners,
    listing,
    caching,
    mixed,
)
