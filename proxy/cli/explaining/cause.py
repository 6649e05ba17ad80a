"""What it was about the marketplace's answer that left a page without ads, and what to write instead. Pure.

The proxy itself stops at the first thing that is not as the rule says, and
names it in a word. Here the answer is at hand, so whoever wrote the rule is
told what stands there instead.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from typing import Final, NamedTuple

from proxy.cli.heads import about_status, hindrance
from proxy.discovery import NotASample
from proxy.discovery.sample import read_sample
from proxy.errors import NoAds
from proxy.reasons import Reason
from proxy.rules.rule import Rule
from proxy.rules.selector import Name, Selector
from proxy.search import coding
from proxy.search.listing import Listing, NotAListing
from proxy.search.organic import Organic
from proxy.search.plan import Plan

MOST_KEYS: Final = 8
_KINDS: Final = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}


class Cause(NamedTuple):
    """What was seen, as a sentence without its full stop, and what to do about it; "" where there is no more to say."""

    seen: str = ""
    to_do: str = ""


UNKNOWN: Final = Cause()


def cause_of(reason: Reason, plan: Plan, organic: Organic | None, url: str, limit: int) -> Cause:
    """Why an answer could not have ads, as far as it is the answer's matter.

    Args:
        reason: with which the page view ended.
        plan: the rule that took it.
        organic: the marketplace's answer; None where none came.
        url: what was asked for.
        limit: bytes of a body that are looked at.
    """
    look = _LOOKS.get(reason)
    try:
        return look(plan, organic, url, limit) if look is not None and organic is not None else UNKNOWN
    except NotASample as trouble:
        return Cause(str(trouble), "look at the marketplace")
    except (NoAds, NotAListing, RecursionError):  # told already, or nested deeper than anybody's products
        return UNKNOWN


def _status(plan: Plan, organic: Organic, url: str, limit: int) -> Cause:
    return Cause(about_status(organic.response.status, organic.response.header, url))


def _no_listing(plan: Plan, organic: Organic, url: str, limit: int) -> Cause:
    """What stands where the listing should."""
    selector = plan.rule.products.list
    why = hindrance(organic.response, b"<" if selector.is_xpath else b"{")
    if why:
        return Cause(why, "mend what the marketplace says of its answer")
    if not coding.knows(organic.coding):
        return Cause(f"its Content-Encoding is {organic.coding.decode('latin-1')}, which the proxy cannot decode")
    if not organic.whole or selector.is_xpath:
        return UNKNOWN
    return _where_it_ends(selector, read_sample(organic.text(limit)))


def _where_it_ends(selector: Selector, value: object) -> Cause:
    """The first step of a path that leads nowhere."""
    for n, step in enumerate(selector.steps):
        if Selector.of(selector.steps[: n + 1]).find(value):
            continue
        before = Selector.of(selector.steps[:n])
        (around, *_) = before.find(value)
        if not isinstance(step, Name) or not isinstance(around, dict):
            wanted = f"so {Selector.of([step]).text[1:]} takes nothing of it"
            return Cause(f"`{before}` is {_kind(around)}, {wanted}", _INIT)
        meant = [Selector.of((*before.steps, Name(near), *selector.steps[n + 1 :])) for near in _near(step.key, around)]
        to_do = f"write `list: {meant[0]}`" if meant else _INIT
        return Cause(f"`{before}` has no `{step.key}`; it has {_listed(around)}", to_do)
    wrong = [each for each in selector.find(value) if not isinstance(each, list)]
    return Cause(f"`{selector}` is {_kind(wrong[0])}, not a list", _INIT) if wrong else UNKNOWN


def _near(key: str, keys: Iterable[str]) -> list[str]:
    return get_close_matches(key, keys, 1)


_INIT: Final = "mend `products.list`; `init` on the same answer finds it"


def _few(plan: Plan, organic: Organic, url: str, limit: int) -> Cause:
    """Whether it was few products, or products without an id."""
    rule, listings = plan.rule, organic.page(plan, limit).listings
    bare = next((each for each in listings if len(each) >= rule.skip.fewer_than and not each.ids), None)
    if bare is None:
        counts = ", ".join([str(len(each)) for each in listings])
        return Cause(
            f"{counts} in the listing{'s' if len(listings) > 1 else ''}, {rule.skip.fewer_than} wanted at least"
        )
    return _without_ids(rule, bare)


def _without_ids(rule: Rule, listing: Listing) -> Cause:
    place, pattern = rule.products.id, rule.products.id_pattern
    none = f"none of the {len(listing)} items has an id at `{place}`"
    to_do = "mend `products.id`; `init` on the same answer finds it"
    if place.is_xpath:
        return Cause(none, to_do)
    item = json.loads(listing.item(0))
    there = [value for value in place.find(item) if isinstance(value, str | int)]
    if there and pattern:
        seen = f"`products.id_pattern` takes no id out of {json.dumps(there[0], ensure_ascii=False)}"
        return Cause(f"none of the {len(listing)} items has an id: {seen}", "mend `products.id_pattern`")
    return Cause(f"{none}; the first has {_listed(item)}" if isinstance(item, dict) else none, to_do)


def _listed(keys: Iterable[str]) -> str:
    named: Sequence[str] = list(keys)
    more = f" and {len(named) - MOST_KEYS} more" if len(named) > MOST_KEYS else ""
    return ", ".join(f"`{key}`" for key in named[:MOST_KEYS]) + more if named else "nothing in it"


def _kind(value: object) -> str:
    return _KINDS.get(type(value), "a number")


_LOOKS: Final[dict[Reason, Callable[[Plan, Organic, str, int], Cause]]] = {
    Reason.NOT_OK: _status,
    Reason.NOT_A_LISTING: _no_listing,
    Reason.TOO_FEW_PRODUCTS: _few,
}
