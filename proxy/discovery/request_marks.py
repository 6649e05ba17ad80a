"""What a request says about its page: the words searched for, its page of results, what sorts or filters. Pure.

All of it is read by name. A place is written as the source that a rule would
name it by: `query.q`, `body.$.variables.term`.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from proxy.ask import MISSING, Ask
from proxy.discovery import words
from proxy.discovery.words import words_of
from proxy.rules.matching.graphql_document import NotGraphQL, read_document, variables_by_use
from proxy.rules.selector import Index, Name, Selector, Step

DEEPEST: Final = 8
MOST_PLACES: Final = 2_000


@dataclass(frozen=True, slots=True)
class Place:
    """A value in a request: the source that names it, its key, what stands there, how deep."""

    source: str
    key: str
    value: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Paging:
    """Where the request says which page of results it wants, and what it says for the first."""

    place: Place
    first: int


@dataclass(frozen=True, slots=True)
class Graph:
    """The GraphQL operation that was asked for: its name, or else a field at its top."""

    operation: str | None
    field: str | None


def places(ask: Ask) -> list[Place]:
    """Every value of a request, the URL's first, then the body's from the outside in."""
    found = [Place(f"query.{name}", name, value) for name, value in ask.query.items() if name]
    inside = _in_body(ask) if ask.body else _in_variables(ask)
    found += sorted(inside, key=lambda place: place.depth)
    found += _by_their_use(ask, found)
    return found[:MOST_PLACES]


def _in_variables(ask: Ask) -> Iterator[Place]:
    """GraphQL by GET has its variables as a JSON text in the URL, which stands for the body that is not there."""
    try:
        variables = json.loads(ask.query.get("variables", ""))
    except (ValueError, RecursionError):
        return
    if isinstance(variables, dict):
        yield from _in_json({"variables": variables}, ())


def _by_their_use(ask: Ask, found: list[Place]) -> list[Place]:
    """The variables of a GraphQL request again, by the argument that each is given to: `search(q: $t)` tells of `t`."""
    document = ask.json.get("query") if isinstance(ask.json, dict) else ask.query.get("query")
    try:
        uses = variables_by_use(document) if isinstance(document, str) else {}
    except NotGraphQL:
        return []
    variables = {f"body.{Selector.of((Name('variables'), Name(variable)))}": use for variable, use in uses.items()}
    return [replace(place, key=variables[place.source]) for place in found if place.source in variables]


def _in_body(ask: Ask) -> Iterator[Place]:
    if ask.json is not MISSING:
        yield from _in_json(ask.json, ())
    elif _is_form(ask.body or b""):
        yield from (Place(f"form.{name}", name, value) for name, value in ask.form.items() if name)


def _in_json(value: object, steps: tuple[Step, ...]) -> Iterator[Place]:
    if len(steps) > DEEPEST:
        return
    inside: list[tuple[Step, object]] = []
    if isinstance(value, dict):
        inside = [(Name(key), inner) for key, inner in value.items()]
    elif isinstance(value, list):
        inside = [(Index(n), inner) for n, inner in enumerate(value[:5])]
    for step, inner in inside:
        if isinstance(inner, dict | list):
            yield from _in_json(inner, (*steps, step))
        elif isinstance(step, Name) and isinstance(inner, str | int) and not isinstance(inner, bool):
            path = (*steps, step)
            yield Place(f"body.{Selector.of(path)}", step.key, str(inner), len(path))


def _is_form(body: bytes) -> bool:
    return re.fullmatch(rb"[^\s={}\[\]<>]+=[^\s{}<>]*", body) is not None


# -- the words searched for -------------------------------------------------------


def search_words(found: list[Place]) -> Place | None:
    """Where the words stand that the shopper searched for."""
    ranked = [(rank, place) for place in found if (rank := _search_rank(place)) is not None]
    return min(ranked, key=lambda each: each[0] + each[1].depth / 4, default=(0, None))[1]


def _search_rank(place: Place) -> int | None:
    name = "".join(words_of(_named_by_filter(place.key) or place.key))
    if place.key.startswith("text."):  # a field of its own for each language: `text.en`
        name = "text"
    if not place.value.strip() or name not in words.SEARCH_WORDS or re.search(r"[{}<>]|^https?://|=.*&", place.value):
        return None
    short_in_body = place.source.startswith("body.") and len(name) == 1 and name != "q"
    return None if short_in_body else words.SEARCH_WORDS.index(name)


def _named_by_filter(key: str) -> str | None:
    """What `filter[...]` filters by, where that are the words searched for: `filter[q]`, as JSON:API writes it."""
    found = re.fullmatch(r"filters?\[(\w+)\]", key)
    return found[1] if found and "".join(words_of(found[1])) in words.SEARCH_WORDS else None


_STRUCTURE: Final = re.compile(
    r"v?\d+|products?|items?|query|queries|suggest(ions)?|all|results?|catalog(ue)?|json|search|index|api|list|rest|"
    r"graphql|autocomplete|facets?|full|quick|default|documents?|select|browse|.*\.(json|php|aspx?|do|html?|xml)",
    re.I,
)


def word_in_path(ask: Ask) -> int | None:
    """Which segment of the path is the word searched for: the last one, behind one that says `search`."""
    segments = ask.segments
    if len(segments) < 2 or segments[-2].lower() not in words.SEARCHES:
        return None
    last = segments[-1]
    return None if not last or _STRUCTURE.fullmatch(last) else len(segments) - 1


# -- which page of results --------------------------------------------------------


def paging(found: list[Place], counted_from_0: bool) -> Paging | None:
    """Where the page of results stands; `counted_from_0` where the response says that it counts so."""
    for names, offset in ((words.PAGE_NUMBERS, False), (words.OFFSETS, True), (words.CURSORS, True)):
        for place in found:
            name = "".join(words_of(place.key)).removeprefix("search")
            inner = re.fullmatch(r"page\[(number|offset)\]", place.key)
            if (name in names and place.depth <= 4) or (inner and offset == (inner[1] == "offset")):
                if names is not words.CURSORS and not place.value.isdigit():
                    continue
                from_0 = offset or place.value == "0" or (counted_from_0 and place.value != "1")
                return Paging(place, 0 if from_0 else 1)
    return None


# -- what sorts and filters -------------------------------------------------------

_AS_USUAL: Final = re.compile(
    r"|(relevanc[ey]|default|_?score|best([ _-]?match)?|featured|recommended)([ +:,_-]*(asc|desc))?"
    r"|[+-]?_?score|none|null|.*score[ +:,_-]?desc",
    re.I,
)


def sorting_and_filtering(found: list[Place], items: int = 0) -> tuple[list[Place], list[Place]]:
    """The query's parameters that sort or filter; and those that do so by name, but ask for the usual order.

    Args:
        found: every value of the request.
        items: how many products came, where that is known; a `size` that says as much is that of the page.
    """
    named = [place for place in found if place.source.startswith("query.") and _sorts_or_filters(place.key)]
    named = [place for place in named if not _is_size_of_page(place, found, items)]
    usual = [place for place in named if _AS_USUAL.fullmatch(place.value.strip())]
    return [place for place in named if place not in usual], usual


def _sorts_or_filters(key: str) -> bool:
    named = words_of(key)
    if _named_by_filter(key):
        return False
    if "".join(named) in words.SORTS | words.FILTERS or named[:1] == ("sort",):
        return True
    if named[:1] == ("order",):
        return key.startswith("order[") or words.ORDERING.issuperset(named[1:])
    if not words.ASKED_FOR.isdisjoint(named[:1]):
        return False  # `includePrices` asks for more about the products, not for fewer of them
    return any(word in words.FILTERS and words.NOT_OF.get(word, frozenset()).isdisjoint(named) for word in named)


def _is_size_of_page(place: Place, found: list[Place], items: int) -> bool:
    """`size=20` says how many products a page has, and not how large a shoe is."""
    if words_of(place.key) != ("size",) or not place.value.isdigit():
        return False
    return int(place.value) == items or paging(found, counted_from_0=False) is not None


# -- who asks ---------------------------------------------------------------------

_ANALYTICS_COOKIE: Final = "tsuid"  # Topsort's analytics library keeps its opaque user id here
_USER: Final = re.compile(
    r"(?=.*(user|visitor|anon|customer|device|client|shopper|guest))(?=.*id)[\w.-]+|uid|vid|_ga|cid|ajs_\w+", re.I
)


def user_sources(ask: Ask) -> list[str]:
    """Where the request seems to say who asks; the ad platform's own cookie first."""
    cookies = [name for name in ask.cookies if name == _ANALYTICS_COOKIE or _USER.fullmatch(name)]
    cookies.sort(key=lambda name: name != _ANALYTICS_COOKIE)
    headers = [name.decode("latin-1").lower() for name, _ in ask.headers if name.lower().startswith(b"x-")]
    return [f"cookie.{name}" for name in cookies] + [f"header.{name}" for name in headers if _USER.fullmatch(name[2:])]


# -- GraphQL ----------------------------------------------------------------------


def graphql(ask: Ask) -> Graph | None:
    """The GraphQL operation; None where the request is none of GraphQL."""
    sent = ask.json if isinstance(ask.json, dict) else ask.query
    document, name = sent.get("query"), sent.get("operationName")
    is_document = isinstance(document, str) and "{" in document
    if not is_document and not (isinstance(name, str) and ("variables" in sent or "extensions" in sent)):
        return None
    if isinstance(name, str) and re.fullmatch(r"[_A-Za-z][_0-9A-Za-z]*", name):
        return Graph(name, None)
    return _of_document(str(document)) if is_document else None


def _of_document(document: str) -> Graph | None:
    try:
        first = read_document(document)[0]
    except (NotGraphQL, IndexError, RecursionError):
        return None
    return Graph(first.name, None) if first.name else Graph(None, min(first.fields, default=None))
