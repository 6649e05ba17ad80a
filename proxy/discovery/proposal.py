"""What the rule for a sample shall say, decided; writing.py puts it into words. Pure.

With a preset, only what differs from it is said. Whatever is decided here is
read back as a rule before anybody sees it: a preset that would not take the
sample's own request is let go.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from proxy.ask import Ask
from proxy.discovery import request_marks
from proxy.discovery.finding import Discovery
from proxy.discovery.naming import Named, beneath, general_pattern, name_page, pattern_of
from proxy.discovery.request import Request
from proxy.discovery.request_marks import Graph, Paging, Place
from proxy.discovery.vendor import Vendor, vendor
from proxy.rules.reading.kinds_of_rules import METHODS
from proxy.rules.rule import Rule

UNKNOWN_PATH: Final = "/api/search"
_GID: Final = re.compile(r"(gid://[\w-]+/\w+/|urn:(?:\w[\w-]*:)+)[^/:]+")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a rule says; None (or empty) is what it does not say.

    Attributes:
        discovery: what was found in the sample.
        page: the page's name and type.
        preset: the preset on which it rests.
        path: `match.path`; None where the preset's takes the request.
        wider: the same path with captures, to be shown beside it.
        path_known: whether a request was given at all.
        methods: where not only GET.
        graphql: the operation.
        sorts: parameters that sort or filter.
        usual: parameters that do so by name, but ask for the usual order.
        paging: the page of results.
        id: `products.id`; None where the preset's is used.
        id_pattern: what of it is the catalogue's id.
        vendor: who sells.
        search: the words searched for.
        users: where the request seems to say who asks.
        tag_at: the product inside the item.
    """

    discovery: Discovery
    page: Named
    preset: str | None = None
    path: str | None = None
    wider: str | None = None
    path_known: bool = True
    methods: tuple[str, ...] = ()
    graphql: Graph | None = None
    sorts: tuple[Place, ...] = ()
    usual: tuple[Place, ...] = ()
    paging: Paging | None = None
    id: str | None = None
    id_pattern: str | None = None
    vendor: Vendor | None = None
    search: Place | None = None
    users: tuple[str, ...] = ()
    tag_at: str | None = None


def proposals(discovery: Discovery, request: Request | None) -> Iterator[Proposal]:
    """The rules that could be written, the best first; the last one rests on nothing but the sample."""
    ask = request.ask if request else None
    plain = _plain(discovery, ask)
    if discovery.fit is not None and discovery.preset is not None:
        yield _over_preset(plain, discovery.preset, discovery.fit.rule, ask)
    yield plain


def _plain(discovery: Discovery, ask: Ask | None) -> Proposal:
    found = discovery.found
    assert found is not None  # nobody proposes a rule for a sample without a listing
    proposal = Proposal(
        discovery,
        name_page(ask, searched=False),
        path=UNKNOWN_PATH,
        path_known=False,
        id=discovery.id,
        id_pattern=id_pattern(found.ids[0].values),
        vendor=vendor(found.candidate.items, found.look.wrap),
        tag_at=found.look.at,
    )
    return proposal if ask is None else _with_request(proposal, ask)


def id_pattern(values: tuple[str, ...]) -> str | None:
    """For global ids (`gid://shopify/Product/17`) the pattern that takes their last part."""
    prefixes = {found[1] if (found := _GID.fullmatch(value)) else "" for value in values}
    return f"{re.escape(prefixes.pop())}(.+)" if len(prefixes) == 1 and "" not in prefixes else None


# -- the request ------------------------------------------------------------------


def _with_request(proposal: Proposal, ask: Ask) -> Proposal:
    """What the request says, added."""
    found = [place for place in request_marks.places(ask) if _can_be_named(place)]
    graphql = request_marks.graphql(ask)
    words = request_marks.search_words(found)
    segment = None if words else request_marks.word_in_path(ask)
    if segment is not None:
        words = Place("path.term", "term", ask.segments[segment])
    listed = proposal.discovery.found
    items = max((len(array.items) for array in listed.candidate.arrays), default=0) if listed else 0
    sorts, usual = request_marks.sorting_and_filtering(found, items)
    paging = request_marks.paging(found, proposal.discovery.pages_from_0)
    reads_body = any(place.source.startswith(("body.", "form.")) for place in (words, paging and paging.place) if place)
    return replace(
        proposal,
        page=name_page(ask, searched=words is not None),
        path=pattern_of(ask.path, segment),
        wider=None if segment is not None else general_pattern(ask.path),
        path_known=True,
        methods=_methods(ask.method, reads_body and graphql is None),
        graphql=graphql,
        sorts=tuple(place for place in sorts if paging is None or place != paging.place)[:20],
        usual=tuple(usual)[:20],
        paging=paging,
        search=words,
        users=tuple(request_marks.user_sources(ask)),
    )


def _can_be_named(place: Place) -> bool:
    return len(place.source) <= 200 and place.source.isprintable()


def _methods(method: str, reads_body: bool) -> tuple[str, ...]:
    if method not in METHODS or method == "GET":
        return ("GET", "POST") if reads_body else ()
    return (method,)


# -- over a preset ----------------------------------------------------------------


def _over_preset(plain: Proposal, name: str, rule: Rule, ask: Ask | None) -> Proposal:
    """Only what the preset does not say, or says differently."""
    fit = plain.discovery.fit
    kind = rule.auction.page.type if rule.auction.page else plain.page.type
    own_id = fit is not None and bool(fit.own_id)
    proposal = replace(
        plain,
        preset=name,
        page=Named(plain.page.name if plain.page.type == kind else kind.lower(), plain.page.type),
        path=None,
        wider=None,
        methods=(),
        graphql=None,
        sorts=(),
        usual=(),
        paging=None,
        id=plain.id if own_id else None,
        id_pattern=plain.id_pattern if own_id else None,
        vendor=None,
        search=None,
        tag_at=None,
    )
    return proposal if ask is None else _where_it_differs(proposal, plain, rule, ask)


def _where_it_differs(proposal: Proposal, plain: Proposal, rule: Rule, ask: Ask) -> Proposal:
    pattern = rule.match.path
    captures = pattern.match(ask.segments)
    path = None
    if captures is None:
        ends = [pattern.match(ask.segments[at:]) for at in range(len(ask.segments))]
        sent = ask.path.removeprefix("/").split("/")
        path = beneath(ask.path, pattern.text, sent, [each is not None for each in ends]) or plain.path
        captures = next((each for each in ends if each is not None), None)
    said = rule.auction.search_query.read(ask, captures or {})
    return replace(
        proposal,
        path=path,
        methods=() if ask.method in (*rule.match.methods, "HEAD") else (*rule.match.methods, *plain.methods),
        graphql=plain.graphql if rule.match.graphql and not _same_operation(rule, plain.graphql) else None,
        search=plain.search if not said and rule.auction.search_query and plain.search else None,
    )


def _same_operation(rule: Rule, graphql: Graph | None) -> bool:
    """The preset's operation is the request's, or it names none."""
    own = rule.match.graphql
    return own is None or graphql is None or own.operation is None or own.operation == graphql.operation
