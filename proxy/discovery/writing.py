"""The rule for a sample, as the commented file that a person reads first. Pure.

Each line says why it is there, with what the sample had; what could be wanted
and was not clear stands behind a `#`. The keys come in the order of
docs/rules.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from proxy.discovery.finding import Discovery
from proxy.discovery.identity import Identity
from proxy.discovery.lines import Line, laid_out, scalar, shown, value
from proxy.discovery.markup import INSIDE, spelled
from proxy.discovery.proposal import Proposal, proposals
from proxy.discovery.request import Request
from proxy.discovery.scores import Scored
from proxy.rules.book import Book
from proxy.rules.files import read_book

SLOTS: Final = 3
MAY_BE_AN_ID: Final = 0.5


@dataclass(frozen=True, slots=True)
class Written:
    """A rule, written.

    Attributes:
        text: the file.
        proposal: what it says.
        takes: whether it takes the sample's own request; true where none is known.
        skipped: why that request itself would get no ads, "" where it may.
    """

    text: str
    proposal: Proposal
    takes: bool
    skipped: str


def write_rule(discovery: Discovery, request: Request | None, source: str = "a sample response") -> Written:
    """The best rule for a sample that the product itself can read.

    Args:
        discovery: what was found in the sample; there must be a listing.
        request: what the sample answers, where it is known.
        source: what the sample is, for the head of the file.
    """
    last: Written | None = None
    for proposal in proposals(discovery, request):
        lines = _lines(proposal, request, source)
        text = laid_out(Line(line.yaml, spelled(line.why, discovery.root)) for line in lines)
        book = read_book({"rule": text.encode()}).book
        takes = book is not None and (request is None or _takes(book, request))
        last = Written(text, proposal, takes, _skipped(proposal))
        if takes:
            return last
    assert last is not None
    return last


def _takes(book: Book, request: Request) -> bool:
    ask = request.ask
    return book.find(ask if ask.body is not None else ask.with_body(b"")) is not None


def _skipped(proposal: Proposal) -> str:
    return ", ".join(place.key for place in proposal.sorts)


# -- the file, section by section -------------------------------------------------


def _lines(proposal: Proposal, request: Request | None, source: str) -> Iterator[Line]:
    yield from _head(proposal, source)
    yield Line()
    yield Line(f"page: {proposal.page.name}", "its name in logs, metrics and the Sponsored-Status header")
    if proposal.preset:
        because = proposal.discovery.backend.because if proposal.discovery.backend else ()
        yield Line(f"preset: {proposal.preset}", f"because of {', '.join(because[:3])}")
    for section in (_match, _skip, _products, _auction, _layout, _tag):
        lines = list(section(proposal, request))
        if lines:
            yield Line()
            yield from lines


def _head(proposal: Proposal, source: str) -> Iterator[Line]:
    found = proposal.discovery.found
    count = len(found.candidate.items) if found else 0
    products = f"{count} products" if count != 1 else "one product"
    yield Line(why=f"The page `{proposal.page.name}`, written by `sponsored-proxy init` from {source} ({products}).")
    if proposal.preset:
        yield Line(why=f"The preset `{proposal.preset}` says the rest; what stands here overrides it, key by key.")
    yield Line(why="What stands behind a `#` is a suggestion. docs/rules.md says what else a rule can say.")
    for doubt in proposal.discovery.doubts:
        yield Line(why=f"NOT SURE: {doubt}.")


def _match(proposal: Proposal, request: Request | None) -> Iterator[Line]:
    said = list(_conditions(proposal))
    fit = proposal.discovery.fit
    if proposal.preset and fit and not said:
        match = fit.rule.match
        yield Line("# match:", "as the preset says:")
        yield Line(f"#   path: {value(str(match.path))}", "{name} takes any one segment")
        yield Line(f"#   methods: [{', '.join(match.methods)}]")
    if said:
        yield Line("match:", "which requests are this page; all of it must hold")
        yield from said
        if request is not None and request.host:
            yield Line(f"  # host: {value(request.host)}", "only where the proxy stands before several hosts")


def _conditions(proposal: Proposal) -> Iterator[Line]:
    if proposal.path is not None:
        yield Line(f"  path: {value(proposal.path)}", _about_path(proposal))
        if proposal.wider and proposal.wider != proposal.path:
            yield Line(f"  # path: {value(proposal.wider)}", "the same for any value: {name} takes one segment")
    if proposal.methods:
        methods = tuple(dict.fromkeys(proposal.methods))
        yield Line(f"  methods: [{', '.join(methods)}]", "without this line only GET is taken")
    graphql = proposal.graphql
    if graphql is not None:
        name = f"operation: {graphql.operation}" if graphql.operation else f"field: {graphql.field}"
        yield Line(f"  graphql: {{{name}}}", "all of GraphQL has one path; this is the operation of the sample")


def _about_path(proposal: Proposal) -> str:
    if not proposal.path_known:
        return "NOT KNOWN from a saved response alone: write your endpoint's path, or give --request"
    if proposal.preset:
        return "the preset's path is another"
    return (
        "as in the sample" if "{" not in (proposal.path or "") else "as in the sample; {term} is what was searched for"
    )


def _skip(proposal: Proposal, request: Request | None) -> Iterator[Line]:
    if proposal.preset:
        return
    yield Line("skip:", "requests that are this page, but get no ads: the organic page, as it is")
    if proposal.sorts:
        names = ", ".join(scalar(place.key) for place in proposal.sorts)
        yield Line(f"  query: [{names}]", "whoever sorts or filters wants exactly that order")
    elif proposal.usual:
        names = ", ".join(scalar(place.key) for place in proposal.usual)
        yield Line(
            f"  # query: [{names}]",
            f"sorts, but the sample has the usual {shown(proposal.usual[0].value)}: "
            "only where the usual order goes without it",
        )
    else:
        yield Line(
            "  # query: [sort, brand, price]", "the parameters by which a shopper sorts or filters; none was seen"
        )
    if proposal.paging is not None:
        paging = proposal.paging
        yield Line("  after_page:", "ads on the first page of results only")
        yield Line(f"    from: {value(paging.place.source)}", f"{shown(paging.place.value)} in the sample")
        yield Line(f"    first: {paging.first}", "the value of the first page; absent means the first, too")
    else:
        yield Line(
            "  # after_page: {from: query.page, first: 1}", "ads on the first page only; no such parameter was seen"
        )
    yield Line("  fewer_than: 2", "lists with fewer products are left alone")


def _products(proposal: Proposal, request: Request | None) -> Iterator[Line]:
    found = proposal.discovery.found
    assert found is not None
    if proposal.preset and proposal.id is None:
        yield Line("# products:", "as the preset says, and the sample has it:")
        yield Line(f"#   list: {found.candidate}", _about_list(proposal.discovery))
        yield from _only_products(proposal, "#   list: ")
        yield Line(f"#   id: {found.ids[0]}", _about_ids(found.ids[0]))
        yield from (Line(f"#   id: {each}", _instead(each)) for each in _other_ids(found))
        return
    yield Line("products:", "where they stand in the response")
    if not proposal.preset:
        yield Line(f"  list: {value(proposal.discovery.list or '')}", _about_list(proposal.discovery))
    yield from _only_products(proposal, "  # list: ")
    yield Line(f"  id: {value(proposal.id or '')}", _about_ids(found.ids[0]))
    yield from (
        Line(f"  # id: {value(_inside(str(each), proposal.discovery))}", _instead(each)) for each in _other_ids(found)
    )
    if proposal.id_pattern:
        yield Line(f"  id_pattern: {value(proposal.id_pattern)}", "the group in parentheses is the catalogue's id")
    yield Line("  # quality: organic", "the higher the search ranks a product, the better its chance")
    if proposal.vendor is not None and not proposal.preset:
        doubt = "" if proposal.vendor.sure else "# "
        why = f"for max_per_vendor; {shown(proposal.vendor.example)} in the first"
        yield Line(f"  {doubt}vendor: {value(_inside(proposal.vendor.path, proposal.discovery))}", why)


def _only_products(proposal: Proposal, key: str) -> Iterator[Line]:
    """A narrower list, where some of the preset's hold no products."""
    fit = proposal.discovery.fit
    if proposal.preset and fit and fit.only:
        yield Line(f"{key}{value(str(fit.only))}", f"{len(fit.only.arrays)} of {fit.whole} hold products")


def _inside(path: str, discovery: Discovery) -> str:
    """A path inside an item, as the rule spells it."""
    return path if discovery.root is None else spelled(path, INSIDE)


def _about_list(discovery: Discovery) -> str:
    found = discovery.found
    assert found is not None
    arrays, count = len(found.candidate.arrays), len(found.candidate.items)
    several = f"{arrays} listings, " if arrays > 1 else ""
    looks = next((why for why in found.because if why.startswith("with ")), "")
    return f"{several}{count} {'object' if count == 1 else 'objects'} {looks}".strip()


def _other_ids(found: Scored) -> list[Identity]:
    """What else could be the id: the ad catalogue may have been made of it."""
    return [each for each in found.ids[1:3] if each.score > MAY_BE_AN_ID and each.values != found.ids[0].values]


def _instead(identity: Identity) -> str:
    return f"where the ad catalogue has these: {_examples(identity)}"


def _about_ids(identity: Identity) -> str:
    same = f"{identity.repeats} of them twice" if identity.repeats else "no two alike"
    return f"{_examples(identity)}: {same}. It must be the id of your ad catalogue"


def _examples(identity: Identity) -> str:
    distinct = list(dict.fromkeys(identity.values))
    return ", ".join(shown(value, 24) for value in distinct[:2]) + (" …" if len(distinct) > 2 else "")


def _auction(proposal: Proposal, request: Request | None) -> Iterator[Line]:
    yield Line("auction:", "what the ad platform is asked for")
    yield Line(f"  slots: {SLOTS}", "how many ads at most")
    if proposal.search is not None:
        yield Line(f"  search_query: {value(proposal.search.source)}", f"{shown(proposal.search.value)} in the sample")
    elif not proposal.preset:
        yield Line("  # search_query: query.q", "the words searched for; none were seen in the request")
    yield from _user(proposal)
    if proposal.search is not None:
        words = scalar(proposal.search.source)
        yield Line(
            f"  page: {{type: {proposal.page.type}, value: {words}}}", "what the ad platform is told of the page"
        )
    elif not proposal.preset:
        yield Line(f"  page: {{type: {proposal.page.type}}}", "home, category, PDP, search, cart or other")
    yield Line("  timeout: 150ms", "how long a shopper waits for ads, once the marketplace has answered")


def _user(proposal: Proposal) -> Iterator[Line]:
    why = "who is asking: brings a shopper's clicks and purchases together"
    if proposal.users[:1] == ("cookie.tsuid",):
        yield Line("  user: cookie.tsuid", "who is asking: the cookie of the ad platform's analytics library")
    else:
        yield Line(f"  # user: {value((*proposal.users, 'cookie.tsuid')[0])}", why)


def _layout(proposal: Proposal, request: Request | None) -> Iterator[Line]:
    yield Line("layout:", "where the winners go")
    yield Line("  place: top", "top | positions | every | in_place")
    if proposal.vendor is not None and not proposal.preset:
        yield Line(f"  {'' if proposal.vendor.sure else '# '}max_per_vendor: 1", "one ad a seller")


def _tag(proposal: Proposal, request: Request | None) -> Iterator[Line]:
    if proposal.preset:
        return
    yield Line("tag:", "what the frontend gets to see")
    root = proposal.discovery.root
    if proposal.tag_at not in (None, "$"):
        yield Line(
            f"  at: {value(_inside(proposal.tag_at or '', proposal.discovery))}",
            "the product stands here, inside each item",
        )
    elif root is None:
        yield Line("  at: $", "the object that is tagged: the item itself")
    # Who reads fields by their `name` (Solr's own clients) fails at any other element; attributes it passes over.
    by_name = root is not None and "[@name=" in (proposal.id or "")
    field = '"@{}"'.format if by_name else "{}".format
    yield Line("  fields:", "attributes of the item, which hurt no client that reads fields by `name`" * by_name)
    yield Line(f"    {field('resolvedBidId')}: resolved_bid_id", "goes back with impressions and clicks")
    yield Line(f"    {field('rank')}: rank", "1 for the best ad")
    if proposal.graphql is not None:
        yield Line(
            "  # summary: $.extensions.sponsored", "for typed clients, which drop fields that they did not ask for"
        )
