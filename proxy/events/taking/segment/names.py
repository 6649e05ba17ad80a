"""Which of Segment's calls is which event: three of them, or what a file says. Pure.

    track:
      Product Viewed: impression
      Product List Viewed: impression_list    # an impression of each of its products
      Product Clicked: click
      Order Completed: purchase
    pageviews: [page, screen]
    skip_zero_price_purchases: true

What stands under `track` is all that is taken; a name is taken as it is
written, as Segment does it. Where one action of a shopper's would be charged
twice, the file is taken with a warning.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, NamedTuple

from proxy.rules.files import problem_of_yaml
from proxy.rules.problems import Problem, in_order
from proxy.rules.reading.draft import Draft, problem_at
from proxy.rules.reading.kinds import BAD, Kind, ListOf, MapOf, Text, did_you_mean
from proxy.rules.reading.nodes import Keys, Node, Scalar, shown, what_is
from proxy.rules.reading.scalars import Flag, OneOf
from proxy.rules.reading.yamltext import NotYaml, read_yaml, text_of


class Action(StrEnum):
    """What a track call can be."""

    IMPRESSION = "impression"
    IMPRESSION_LIST = "impression_list"
    CLICK = "click"
    PURCHASE = "purchase"


_SEEDS: Final[Mapping[str, Action]] = {
    "Product Viewed": Action.IMPRESSION,
    "Product Clicked": Action.CLICK,
    "Order Completed": Action.PURCHASE,
}


@dataclass(frozen=True)
class Names:
    """What is taken.

    Attributes:
        track: what a track call is, by its event's name.
        pageviews: of "page" and "screen" those that are page views.
        skip_zero_price_purchases: whether items without a price above 0 are left out of a purchase.
    """

    track: Mapping[str, Action] = field(default_factory=lambda: dict(_SEEDS))
    pageviews: tuple[str, ...] = ()
    skip_zero_price_purchases: bool = False


class Reading(NamedTuple):
    """What came of reading: `names` is None where an error is among the problems."""

    names: Names | None
    problems: tuple[Problem, ...]


_KEYS: Final[Mapping[str, Kind]] = {
    "track": MapOf(
        OneOf(tuple(Action)), "a section of name: event", "{Product Viewed: impression}", name=Text(longest=200)
    ),
    "pageviews": ListOf(OneOf(("page", "screen")), "a list of calls", "[page, screen]", may_be_single=True),
    "skip_zero_price_purchases": Flag(),
}

_SAME_ACTION: Final = (
    ("Product Clicked", "Product Added", "clicks", "who clicks a product and puts it into the cart"),
    ("Product Viewed", "Product List Viewed", "impressions", "a product that is seen in a list and then by itself"),
)
"""Calls that shops send for one and the same wish, what both would be, and what is charged twice then."""
_CHARGED_AS: Final = {
    Action.IMPRESSION: "impressions",
    Action.IMPRESSION_LIST: "impressions",
    Action.CLICK: "clicks",
}


def read_names(file: str, raw: bytes) -> Reading:
    """The names in a file's bytes, or all that is wrong with it.

    Args:
        file: the name under which problems shall speak of it.
        raw: its bytes.
    """
    try:
        text = text_of(raw)
        root = read_yaml(text)
    except NotYaml as error:
        return Reading(None, (problem_of_yaml(file, raw, error),))
    if not isinstance(root, Keys):
        what = "the file is empty" if root is None else f"{what_is(root)} stands here, not a mapping"
        hint = f"its keys are {', '.join(_KEYS)}"
        return Reading(None, (Problem("error", file, 0, 0, "", what, hint),))
    return _Reader(Draft(file, text.splitlines(), root)).read(root)


class _Reader:
    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def read(self, root: Keys) -> Reading:
        values: dict[str, Any] = {}
        for pair in root.pairs:
            name = pair.key.text
            if name in values:
                self._report(pair.key, name, "this key stands twice", "keep one of the two")
            elif name in _KEYS:
                values[name] = _KEYS[name].read(pair.value, name, self._report)
                self._warn_of_what_is_charged_twice(name, pair.value, values[name])
            else:
                self._report(pair.key, shown(name), "there is no such key", did_you_mean(name, tuple(_KEYS)))
        problems = in_order(self._draft.problems)
        return Reading(Names(**_as_actions(values)) if self._draft.is_sound else None, problems)

    def _report(self, node: Node, key: str, message: str, hint: str = "", column: int = 0, length: int = 0) -> None:
        if not self._draft.is_full:
            self._draft.problems.append(problem_at(self._draft, "error", node, key, message, hint, column, length))

    def _warn_of_what_is_charged_twice(self, key: str, node: Node, track: Any) -> None:
        if key != "track" or track is BAD or not isinstance(node, Keys):
            return
        places = {pair.key.text: pair.key for pair in node.pairs}
        for one, other, charged, who in _SAME_ACTION:
            if all(_CHARGED_AS.get(track.get(name)) == charged for name in (one, other)):
                self._warn(max(places[one], places[other], key=_line), one, other, charged, who)

    def _warn(self, node: Scalar, one: str, other: str, charged: str, who: str) -> None:
        message = f"`{one}` and `{other}` are both {charged}: {who} is charged for twice"
        hint = "leave one of the two out, unless your shop sends them for different actions"
        self._draft.problems.append(problem_at(self._draft, "warning", node, f"track.{node.text}", message, hint))


def _as_actions(values: dict[str, Any]) -> dict[str, Any]:
    if "track" in values:
        values["track"] = {name: Action(word) for name, word in values["track"].items()}
    return values


def _line(node: Scalar) -> tuple[int, int]:
    return node.line, node.column
