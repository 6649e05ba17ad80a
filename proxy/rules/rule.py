"""A rule: which requests are a page, where its products stand, what to ask for, where the winners go. Pure.

The model as written and as run is one and the same. Attribute names are the
YAML keys (`from`, a word of Python's, is `source`); each field says its kind
(kinds.py), its default and its meaning, and the reader, the reference and the
JSON Schema take them from here. Combinations are judged in combinations.py.

Times are seconds, sizes bytes. An optional source that is not given is an
empty `Sources`: it reads None from every request.
"""

# ruff: noqa: RUF009 -- `key()` is `dataclasses.field()`: a declaration, not a shared default.

from dataclasses import MISSING, dataclass, field
from typing import Any, Literal

from proxy.rules.matching.paths import PathPattern
from proxy.rules.reading.kinds import Kind, ListOf, MapOf, Text
from proxy.rules.reading.kinds_of_rules import (
    FETCH_PATH,
    HOST,
    ID_PATTERN,
    INNER,
    METHOD,
    OUTER,
    PATH,
    PLACE,
    PRESET,
    ROOT_PLACE,
    SOURCE_LIST,
    SOURCES,
    VALUE,
)
from proxy.rules.reading.scalars import Duration, Flag, OneOf, Percent, Whole
from proxy.rules.selector import Selector
from proxy.rules.sources import Sources
from proxy.rules.values import Template, TemplateKind, Value


class Section:
    """What all parts of a rule share."""

    __slots__ = ()


def key(
    kind: Kind | None,
    default: Any = MISSING,
    *,
    description: str,
    examples: tuple[str, ...] = (),
    written: str = "",
    name: str = "",
) -> Any:
    """A key: its kind (None for a section), its default (none: it is required), its meaning.

    Args:
        kind: how its value is read.
        default: the value where it is not given.
        description: its meaning, for the person who writes rules.
        examples: as written in YAML.
        written: the default as written in YAML, where that is not plain; " " where it means nothing.
        name: the key's name where Python cannot have it.
    """
    about = {"kind": kind, "description": description, "examples": examples, "written": written, "name": name}
    if isinstance(default, dict):
        return field(default_factory=lambda: dict(default), metadata=about)
    return field(default=default, metadata=about)


_NAMES = ListOf(Text(longest=200), "a list of parameter names", "[sort, brand]", least=0)
_CONDITIONS = MapOf(Text(), "a section of name: value", '{type: product, q: "*"}')
_HEADERS = MapOf(
    Text(),
    "a section of name: value",
    "{x-channel: web}",
    name=Text(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", "a header name", "x-channel"),
    lower=True,
)
_FIELDS = MapOf(VALUE, "a section of field: value", "{resolvedBidId: resolved_bid_id}", least=0)
_PLACES = ListOf(Whole(1, 10_000), "a list of places, counted from 1", "[1, 4, 9]", most=40)
_SLOTS = Whole(1, 40)


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphQL(Section):
    """Which GraphQL operation; both conditions must hold where both are given."""

    operation: str | None = key(
        Text(r"[_A-Za-z][_0-9A-Za-z]*", "a GraphQL name", "Search"),
        None,
        description="The operation's name. `operationName` decides; only without it is the document parsed.",
        examples=("Search",),
    )
    field: str | None = key(
        Text(r"[_A-Za-z][_0-9A-Za-z]*", "a GraphQL name", "search"),
        None,
        description="A top-level field that the query selects, by its own name (not by an alias).",
        examples=("search",),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Match(Section):
    """Which requests are this page. All that is given must hold."""

    path: PathPattern = key(
        PATH,
        description="The path. Literal segments, `{name}` for one segment (which must not be empty), `{name...}` for "
        "the rest (which may be empty). Compared decoded; what is captured can be used as a source, `path.name`.",
        examples=("/api/search", "/c/{category}", "/c/{category}/{rest...}"),
    )
    host: str | None = key(
        HOST,
        None,
        description="The host of the request, without a port: exact, or with a leading `*.` for every name below it.",
        examples=("shop.example", '"*.shop.example"'),
    )
    methods: tuple[str, ...] = key(
        ListOf(METHOD, "a list of methods", "[GET, POST]", most=5),
        ("GET",),
        description="The methods. A rule for GET also takes HEAD.",
        examples=("[POST]",),
    )
    query: dict[str, str] = key(
        _CONDITIONS,
        {},
        description='Query parameters that must have these values (decoded); "*" stands for any value, also an empty '
        "one.",
        examples=('{type: product, q: "*"}',),
    )
    headers: dict[str, str] = key(
        _HEADERS,
        {},
        description='Request headers that must have these values; "*" stands for any value.',
        examples=("{x-channel: web}",),
    )
    graphql: GraphQL | None = key(None, None, description="Which GraphQL operation of this path it is.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterPage(Section):
    """Ads only on the first page of results."""

    source: Sources = key(
        SOURCES,
        name="from",
        description="Where the request says which page it wants.",
        examples=("query.page", "query.offset"),
    )
    first: int = key(
        Whole(0, 1_000_000),
        description="The value of the first page: 1 where pages are counted from 1, 0 for an offset. An absent value "
        "means the first page, too.",
        examples=("1", "0"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip(Section):
    """Requests that are this page but get no auction: the organic page, as it is."""

    query: tuple[str, ...] = key(
        _NAMES,
        (),
        description="Where any of these query parameters is present. Shoppers who sort or filter want exactly that "
        "order; "
        "the ad platform advises against auctions there.",
        examples=("[sort, brand, price]",),
    )
    prefetch: bool = key(
        Flag(), True, description="Where the browser only prefetches or prerenders, so that nobody sees the page yet."
    )
    bots: bool = key(
        Flag(), True, description="Where the visitor is a crawler that names itself (Googlebot, bingbot and the like)."
    )
    fewer_than: int = key(
        Whole(0, 10_000),
        2,
        description="Where a listing has fewer products than this. Judged for each listing.",
        examples=("4",),
    )
    after_page: AfterPage | None = key(None, None, description="Every page of results but the first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Products(Section):
    """Where the products stand in the marketplace's answer."""

    list: Selector = key(
        OUTER,
        description="The result array. `$` where the whole body is the array. A path with `[*]` or a filter may name "
        "several listings; each gets an auction of its own.",
        examples=("$.products", "$.results[*].hits", "$"),
    )
    id: Selector = key(
        INNER,
        description="The product's id, inside an item. A number becomes text as it is written.",
        examples=("$.id", "$.document.id"),
    )
    id_pattern: str | None = key(
        ID_PATTERN,
        None,
        description="A regular expression with one group: what the group takes of the id is the id in the catalogue of "
        "the ad platform. An id that does not match is tried as base64, too: GraphQL servers write `Product:72` so.",
        examples=('"gid://shopify/Product/(.+)"',),
    )
    quality: Literal["none", "organic"] | Selector = key(
        OneOf(("none", "organic"), INNER, "a JSONPath such as $.score"),
        "none",
        description="A quality score for each product. `organic`: from its place, the first has 1. A JSONPath: from "
        "that "
        "number of the item, divided by the highest of the listing where that is over 1.",
        examples=("organic", "$.score"),
    )
    vendor: Selector | None = key(
        INNER,
        None,
        description="The vendor's id, inside an item; `layout.max_per_vendor` counts by it.",
        examples=("$.seller.id",),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Section):
    """What the ad platform is told about the page."""

    type: Literal["home", "category", "PDP", "search", "cart", "other"] = key(
        OneOf(("home", "category", "PDP", "search", "cart", "other")),
        description="The type of page, in the ad platform's words.",
        examples=("search",),
    )
    id: Sources = key(
        SOURCES,
        Sources.parse("path"),
        description="The page's id.",
        examples=("path", '"=search"'),
    )
    value: Sources = key(
        SOURCES,
        Sources(),
        description="What the page is about: the words searched for, the category.",
        examples=("query.q",),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent(Section):
    """Where the shopper's consent is found. Without it no user id is sent."""

    source: Sources = key(
        SOURCES, name="from", description="Where the request says it.", examples=("cookie.ads_consent",)
    )
    equals: str = key(Text(), description="The value that means consent.", examples=('"yes"',))


@dataclass(frozen=True, slots=True, kw_only=True)
class Auction(Section):
    """What the ad platform is asked for."""

    slots: int = key(_SLOTS, description="How many winners to ask for, at most.", examples=("3",))
    max_products: int = key(
        Whole(1, 10_000),
        500,
        description="At most so many product ids, in organic order. The ad platform advises 500; its limit is 10,000.",
    )
    search_query: Sources = key(
        SOURCES,
        Sources(),
        description="The words that the shopper searched for.",
        examples=("query.q", "body.$.query"),
    )
    user: Sources = key(
        SOURCES,
        Sources(),
        description="The shopper's opaque id: the first source that is present. Rollout, holdout and attribution "
        "need it.",
        examples=("cookie.tsuid", "[cookie.tsuid, header.x-user-id]"),
    )
    hash_user: bool = key(
        Flag(), False, description="Send the SHA-256 of the user id (hexadecimal) instead of the id itself."
    )
    page: Page | None = key(None, None, description="What the ad platform is told about the page.")
    geo: Sources = key(
        SOURCES,
        Sources(),
        description="The shopper's location, for geographic targeting.",
        examples=("header.cf-ipcountry",),
    )
    placement_id: int | None = key(
        Whole(0, 2**31 - 1), None, description="The placement's number in the ad platform.", examples=("7",)
    )
    device: Literal["auto", "desktop", "mobile"] | Sources = key(
        OneOf(("auto", "desktop", "mobile"), SOURCES, "a source such as header.x-device"),
        "auto",
        description="For banners. `auto` reads it from the User-Agent.",
        examples=("mobile", "header.x-device"),
    )
    timeout: float = key(
        Duration("1ms", "10s"),
        0.15,
        description="How long the shopper may wait for ads, counted from the marketplace's answer. Later winners are "
        "thrown away.",
        examples=("150ms",),
        written="150ms",
    )
    speculate: bool = key(
        Flag(),
        False,
        description="Ask for the auction while the marketplace is still searching, on the products that came the last "
        "time. Where others come, it is asked again: a wrong guess is an auction without an impression, so a page "
        "guesses only while nine of its last ten comparisons were right. What else than the URL decides the products "
        "stands in `cache.vary`.",
    )
    honour_gpc: bool = key(
        Flag(), True, description="Send no user id for browsers that say `Sec-GPC: 1` (Global Privacy Control)."
    )
    consent: Consent | None = key(None, None, description="Send the user id only with the shopper's consent.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout(Section):
    """Where the winners go."""

    place: Literal["top", "positions", "every", "in_place"] = key(
        OneOf(("top", "positions", "every", "in_place")),
        "top",
        description="`top`: above all others. `positions`: at places of your choice. `every`: spread through the list. "
        "`in_place`: they are tagged where they stand, and nothing moves.",
        examples=("positions",),
    )
    positions: tuple[int, ...] = key(
        _PLACES,
        (),
        description="With `place: positions`: the places in the merged list, from 1, for rank 1, 2, 3.",
        examples=("[1, 4, 9]",),
    )
    first: int = key(
        Whole(1, 10_000), 1, description="With `place: every`: the place of the first ad.", examples=("2",)
    )
    step: int = key(
        Whole(1, 10_000),
        0,
        description="With `place: every`, which needs it: the distance between two ads.",
        examples=("5",),
        written=" ",
    )
    keep_organic: bool = key(
        Flag(), False, description="Leave the organic item where it is, untagged, and add the sponsored copy."
    )
    page_size: Literal["keep", "grow"] = key(
        OneOf(("keep", "grow")),
        "keep",
        description="With `keep_organic`: `keep` drops items from the end of the list, `grow` lets it become longer.",
        examples=("grow",),
    )
    max_per_vendor: int | None = key(
        _SLOTS, None, description="At most so many winners of one vendor. Needs `products.vendor`.", examples=("1",)
    )
    missing: Literal["drop", "fetch"] = key(
        OneOf(("drop", "fetch")),
        "drop",
        description="Winners that are not in the listing: `drop` leaves them out, `fetch` gets those of type product "
        "from the marketplace, all in one round and within what is left of `auction.timeout`. What is not there by "
        "then, or cannot be had, is left out.",
    )
    fetch: str | None = key(
        FETCH_PATH,
        None,
        description="With `missing: fetch`: the product's path on the marketplace, asked for with the shopper's own "
        "headers. `{id}` stands for the id that the ad platform knows (with `products.id_pattern`, what its group "
        "takes), percent-encoded.",
        examples=('"/api/products/{id}"', '"/api/products/gid%3A%2F%2Fshop%2FProduct%2F{id}"'),
    )
    product: Selector = key(
        INNER,
        Selector.parse("$"),
        description="With `missing: fetch`: where the item stands in that answer. It must be an item as the listing "
        "has them, with its id at `products.id`.",
        examples=("$.item",),
        written="$",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Append(Section):
    """A value added to an array of the item, for schemas that take no other field."""

    at: Selector = key(PLACE, description="The array, inside the item.", examples=("$.properties",))
    value: Template = key(
        TemplateKind(),
        description="What to add: a value, or a list or section of values.",
        examples=('{name: "=resolvedBidId", values: [resolved_bid_id]}',),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag(Section):
    """What is written into the items."""

    at: Selector = key(
        ROOT_PLACE,
        Selector.parse("$"),
        description="The object inside the item that gets the fields.",
        examples=("$", "$._source", "$.node"),
        written="$",
    )
    fields: dict[str, Value] = key(
        _FIELDS,
        {"resolvedBidId": Value("resolved_bid_id"), "rank": Value("rank")},
        description="Fields of a sponsored item: the name, and what to write. A field of that name which the item "
        "already "
        "has is replaced.",
        examples=('{resolvedBidId: resolved_bid_id, sponsored: true, label: "=Sponsored"}',),
        written="{resolvedBidId: resolved_bid_id, rank: rank}",
    )
    organic: dict[str, Value] = key(
        _FIELDS,
        {},
        description="Fields of every other item of a merged listing: literals, `id` or `page`.",
        examples=("{resolvedBidId: null}",),
    )
    append: Append | None = key(None, None, description="A value added to an array of each sponsored item.")
    summary: Selector | None = key(
        PLACE,
        None,
        description="A place outside the listing that gets a list of what was placed: `[{id, rank, resolvedBidId}, "
        "...]`.",
        examples=("$.extensions.sponsored",),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner(Section):
    """One banner auction. One call takes five auctions, listings included; more go in a second call beside it."""

    slot_id: str = key(
        Text(longest=200), description="The banner slot's id in the ad platform.", examples=("category-ribbon",)
    )
    slots: int = key(_SLOTS, 1, description="How many winners to ask for.", examples=("1",))
    at: Selector = key(
        PLACE,
        description="Where the winners are written: a place outside the listing that becomes an array of `{id, type, "
        "resolvedBidId, asset}`, the best rank first. It is added where it is missing, and stays as it is without a "
        "winner.",
        examples=("$.banners",),
    )
    category: Sources = key(
        SOURCES,
        Sources(),
        description="The category of the page: asks for banners of that category.",
        examples=("path.category",),
    )
    search_query: Sources = key(
        SOURCES,
        Sources(),
        description="The words that the shopper searched for: asks for banners of that keyword. Without words and "
        "without a category it asks for banners of the slot alone.",
        examples=("query.q",),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache(Section):
    """Organic answers kept in memory (never merged ones), by the rules for a shared cache (RFC 9111)."""

    ttl: float = key(
        Duration("1s", "1d", "30s"),
        description="For how long at most; and for how long where the marketplace says nothing.",
        examples=("30s",),
    )
    vary: Sources = key(
        SOURCE_LIST,
        Sources(),
        description="Headers and cookies that the answer depends on, besides the URL. A request with a cookie that is "
        "not named here goes past what is kept, unless the answer says `public`.",
        examples=("[header.accept-language]",),
    )
    stale_if_error: float = key(
        Duration("0s", "7d", "5m"),
        0.0,
        description="For how long after that the last good answer is served while the marketplace fails.",
        examples=("5m",),
        written="0s",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Section):
    """One page: a rule as written, and as run."""

    page: str = key(
        Text(r"[a-z0-9_-]{1,64}", "a page name", "search", "lower-case letters, digits, `-` and `_`"),
        description="The page's name, unique among all rules: in logs, metrics and on the admin page.",
        examples=("search",),
    )
    preset: str | None = key(
        PRESET,
        None,
        description="Start from a preset for a search backend. The keys of this rule override its keys one by one: "
        "sections are laid over each other, lists and texts replace, and a key with nothing behind it takes the "
        "preset's away.",
        examples=("algolia",),
    )
    mode: Literal["live", "shadow", "off"] = key(
        OneOf(("live", "shadow", "off")),
        "live",
        description="`shadow` runs the auction and changes nothing, but counts what would change. `off` switches the "
        "rule "
        "off; the page passes through.",
        examples=("shadow",),
    )
    rollout: float = key(
        Percent(),
        100,
        description="Percent of shoppers who get ads. The same shopper falls on the same side on every page. Under "
        "100, who "
        "has no user id stays organic.",
        examples=("10",),
    )
    holdout: float = key(
        Percent(),
        0,
        description="Percent of shoppers who are kept out of `rollout` for good, as the control group of a "
        "measurement.",
        examples=("5",),
    )
    match: Match = key(None, description="Which requests are this page. All that is given must hold.")
    skip: Skip = key(
        None, Skip(), description="Requests that are this page but get no auction: the organic page, as it is."
    )
    products: Products = key(None, description="Where the products stand in the marketplace's answer.")
    auction: Auction = key(None, description="What the ad platform is asked for.")
    layout: Layout = key(None, Layout(), description="Where the winners go.")
    tag: Tag = key(None, Tag(), description="What is written into the items.")
    banners: tuple[Banner, ...] = key(
        None,
        (),
        description="Banners, from auctions in the same call as the listings; also on a page whose listing has no "
        "winner, or too few products for an auction.",
    )
    cache: Cache | None = key(None, None, description="Keep organic answers in memory for a while.")

    @property
    def slots(self) -> int:
        """How many ads a page with one listing can have, banners included."""
        return (
            self.auction.slots + sum([banner.slots for banner in self.banners]) if self.banners else self.auction.slots
        )

    @property
    def needs_body(self) -> bool:
        """The request's body must be read to decide whether it takes a request, or to run it."""
        return self.match.graphql is not None or self.sources.needs_body

    @property
    def sources(self) -> Sources:
        """Every source that reads the request."""
        found: list[Sources] = [self.auction.search_query, self.auction.user, self.auction.geo]
        if isinstance(self.auction.device, Sources):
            found.append(self.auction.device)
        if self.auction.page:
            found += [self.auction.page.id, self.auction.page.value]
        if self.auction.consent:
            found.append(self.auction.consent.source)
        if self.skip.after_page:
            found.append(self.skip.after_page.source)
        for banner in self.banners:
            found += [banner.category, banner.search_query]
        if self.cache:
            found.append(self.cache.vary)
        return Sources(source for sources in found for source in sources)
