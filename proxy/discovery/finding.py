"""From a sample response to where its products stand, in the order of the work. Pure.

The only file of this wing that knows all the others. `discover` never raises
for any JSON: where there is no listing, the `Discovery` says so and holds what
was seen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from proxy.discovery.backends import Recognised, recognise
from proxy.discovery.candidates import candidates, first_empty
from proxy.discovery.fit import Fit, fits, takes, with_products_only
from proxy.discovery.identity import GOOD, identities
from proxy.discovery.keyed import is_better, lone, under_their_ids
from proxy.discovery.markup import INSIDE, looks_like_markup, read_markup, spelled
from proxy.discovery.request import Request
from proxy.discovery.sample import read_sample
from proxy.discovery.scores import ENOUGH, Scored, is_called_otherwise, scored
from proxy.discovery.siblings import listings_of
from proxy.discovery.words import PAGE_NUMBERS, words_of

CLEAR_LEAD: Final = 1.5
"""Points by which the first candidate must lead to be beyond doubt."""

ANY_ID: Final = 0.35
"""A slug at least; what has neither that nor a price or a picture is no product."""

NEAR: Final = 0.05
"""What two ids may lie apart and still be mixed up."""

CLEAR: Final = 0.6
"""Points from which on an id is one beyond doubt; an id of who knows what has a bit less."""

MOST_TOLD: Final = 8


class RunnerUp(NamedTuple):
    """A list that was considered: its path, its points, why."""

    list: str
    points: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found in a sample.

    Attributes:
        list: the JSONPath (XPath for XML) of the listing; None where there is none.
        id: the path of the id, inside an item; None where there is no listing.
        preset: the preset for the backend that answered, where its marks are there.
        sure: nothing else in the sample comes near.
        doubts: where it is not sure, why.
        runners_up: the other lists, the likeliest first.
        found: the chosen list with all that was seen of it; None where there is none.
        backend: the backend that was recognised, also where its preset does not fit; None where there is none.
        fit: its preset laid over the sample, where it fits.
        pages_from_0: the response says that its page of results is 0.
        root: for XML the name of its root element; `found` is then in JSONPath, all else in XPath.
    """

    list: str | None
    id: str | None
    preset: str | None
    sure: bool
    doubts: tuple[str, ...]
    runners_up: tuple[RunnerUp, ...]
    found: Scored | None = None
    backend: Recognised | None = None
    fit: Fit | None = None
    pages_from_0: bool = False
    root: str | None = None


def discover(response: bytes, request: Request | None = None) -> Discovery:
    """Where the products stand in a response.

    Args:
        response: the body of a search that found products, decoded.
        request: what it answers, as far as that is known; it tells backends apart.

    Raises:
        NotASample: the body is neither JSON nor XML.
    """
    if looks_like_markup(response):
        root, value = read_markup(response)
        discovery = _discovered(value, None)
        alone = _found_alone(value) if discovery.list is None else None
        return _in_xpath(alone or discovery, root)
    value = read_sample(response)
    return replace(_discovered(value, request), pages_from_0=_says_page_0(value))


def _in_xpath(discovery: Discovery, root: str) -> Discovery:
    """What was found in XML, with its paths as XPath. No preset is for XML."""
    return replace(
        discovery,
        list=discovery.list and spelled(discovery.list, root),
        id=discovery.id and spelled(discovery.id, INSIDE),
        doubts=tuple(spelled(doubt, root) for doubt in discovery.doubts),
        runners_up=tuple(
            RunnerUp(spelled(each.list, root), each.points, tuple(spelled(why, root) for why in each.because))
            for each in discovery.runners_up
        ),
        root=root,
    )


def _discovered(value: object, request: Request | None) -> Discovery:
    ranked = scored(candidates(value))
    backends = recognise(value, request)
    backend, fit = _fitting(backends, value, request)
    if fit is not None and backend is not None:
        return _of_preset(backend, fit, ranked)
    chosen = _chosen(ranked)
    products = under_their_ids(value)
    if products is not None and (chosen is None or is_better(products, chosen, value)):
        return _no_list(_NO_ARRAY.format(products.candidate), ranked)
    if chosen is None:
        empty = first_empty(value)
        return _no_list(_EMPTY.format(empty) if empty else NOTHING, ranked)
    return _of_list(chosen, ranked, backends)


NOTHING: Final = "there is no list that looks like products"
_NO_ARRAY: Final = (
    "{} holds products under their ids, and an object has no order that ads could have a place in: no rule can merge "
    "into it; ask for them as an array (another parameter or version of the API), or make one of it before the proxy"
)

_EMPTY: Final = "{} is an empty list: ask for something that the marketplace has"


def _no_list(why: str, ranked: Sequence[Scored]) -> Discovery:
    return Discovery(None, None, None, False, (why,), tuple(map(_told, ranked[:MOST_TOLD])))


def _found_alone(value: object) -> Discovery | None:
    """The one product of an XML feed: there, a list of one looks like any element."""
    ranked = scored(lone(value))
    chosen = next((each for each in ranked if not each.look.wrap and _are_plainly_products(each)), None)
    return _of_list(chosen, ranked, ()) if chosen else None


def _of_list(chosen: Scored, ranked: Sequence[Scored], backends: Sequence[Recognised]) -> Discovery:
    found = _narrowed(chosen)
    others = [each for each in ranked if each is not chosen]
    doubts = (*_rivals(found, others), *_doubtful_ids(found))
    runners_up = tuple(map(_told, others[:MOST_TOLD]))
    backend = backends[0] if backends else None
    return Discovery(str(found.candidate), str(found.ids[0]), None, not doubts, doubts, runners_up, found, backend)


def _chosen(ranked: Sequence[Scored]) -> Scored | None:
    """The list of products; where none has enough points, one of plain products, whatever it is called."""
    enough = (each for each in ranked if each.points >= ENOUGH and each.id and _may_be_products(each))
    plain = (each for each in ranked if _are_plainly_products(each))
    return next(enough, None) or next(plain, None) or next(filter(_could_be_products, ranked[:1]), None)


def _could_be_products(each: Scored) -> bool:
    """In a language that no table speaks: pictures or prices, and something like an id."""
    seen = bool(each.look.traits & {"price", "picture"})
    return seen and each.id is not None and each.id.score >= ANY_ID and not is_called_otherwise(each)


def _may_be_products(each: Scored) -> bool:
    """Not one of users or categories, and more than names without an id."""
    look = each.look
    assert each.id is not None
    if is_called_otherwise(each) and not ("price" in look.traits or look.deep_price):
        return False
    return each.id.score >= ANY_ID or bool(look.traits & {"price", "picture", "brand", "code"}) or look.deep_price


def _are_plainly_products(each: Scored) -> bool:
    has_price = "price" in each.look.traits or each.look.deep_price
    return has_price and "title" in each.look.traits and each.id is not None and each.id.score >= GOOD


def _fitting(
    backends: Sequence[Recognised], value: object, request: Request | None
) -> tuple[Recognised | None, Fit | None]:
    """The first of the backends whose preset fits, those that would take the request as it is before the others."""
    fitting = [(backend, fit) for backend in backends if (fit := fits(backend.preset, value))]
    if request is not None:
        fitting.sort(key=lambda each: -each[0].points - 2 * takes(each[1].rule, request.ask))
    return fitting[0] if fitting else (None, None)


def _of_preset(backend: Recognised, fit: Fit, ranked: Sequence[Scored]) -> Discovery:
    others = tuple(_told(each) for each in ranked if each.candidate.steps != fit.found.candidate.steps)[:MOST_TOLD]
    fit = with_products_only(fit, (each.candidate for each in ranked))
    doubts = tuple(_doubtful_ids(fit.found)) if fit.own_id else ()
    place, id_place = str(fit.found.candidate), str(fit.found.ids[0])
    return Discovery(place, id_place, backend.preset, not doubts, doubts, others, fit.found, backend, fit)


def _narrowed(chosen: Scored) -> Scored:
    """The same without the arrays beside it that hold other things."""
    candidate = listings_of(chosen.candidate)
    if candidate is chosen.candidate:
        return chosen
    ids = tuple(identities(candidate.listings, chosen.look.wrap, candidate.called)) or chosen.ids
    return Scored(candidate, chosen.look, ids, chosen.points, chosen.because)


def _told(each: Scored) -> RunnerUp:
    return RunnerUp(str(each.candidate), each.points, each.because)


def _rivals(chosen: Scored, others: Sequence[Scored]) -> Iterator[str]:
    if chosen.points < ENOUGH:
        otherwise = is_called_otherwise(chosen) or _are_plainly_products(chosen)
        like = "is called or placed like something else than" if otherwise else "has little that tells of"
        yield f"{chosen.candidate} {like} the products that were searched for"
    rival = max(others, key=lambda each: each.points, default=None)
    if rival is not None and rival.points >= ENOUGH and chosen.points - rival.points < CLEAR_LEAD:
        yield f"{rival.candidate} looks much like a list of products, too"


def _doubtful_ids(chosen: Scored) -> Iterator[str]:
    first, *more = chosen.ids
    if first.score < CLEAR:
        yield f"nothing in the items is clearly named as their id; {first} comes nearest"
    if first.repeats:
        yield f"{first.repeats} of the ids in {first} stand there more than once"
    near = [each for each in more if each.score > first.score - NEAR and each.values != first.values]
    if near:
        yield f"{near[0]} could be the id, too ({near[0].values[0]} instead of {first.values[0]})"
    if len(chosen.candidate.items) == 1:
        yield "there is a single product in it; a sample with more of them tells more"


def _says_page_0(value: object, depth: int = 0) -> bool:
    """A page number that is 0, beside the listing or in an object around it."""
    if not isinstance(value, dict) or depth > 3:
        return False
    for key, inner in list(value.items())[:100]:
        if "".join(words_of(key)) in PAGE_NUMBERS and inner == 0 and isinstance(inner, int) and inner is not False:
            return True
        if _says_page_0(inner, depth + 1):
            return True
    return False
