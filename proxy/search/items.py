"""What of each item becomes a value: its id, its quality, its vendor. Pure.

All that a rule asks for is read from all items in one decode, compiled when
the rule is loaded. Items that this decode cannot take (no object, another
shape on the way) are read one by one; whatever is not there is not there.
"""

import math
import re
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw

from proxy.rules.selector import Name, Selector
from proxy.search.path import BROKEN, Path, Piece, can_be_a_field

LEAST: Final = 0.0001  # what is not over 0: the ad platform takes qualities in (0, 1]
_NUMBER: Final = b"-0123456789"
_DIGITS_AND_LINES: Final = b"0123456789\n"
_floats = msgspec.json.Decoder(list[float]).decode
_text = msgspec.json.Decoder(str).decode


class Column:
    """One selector over all items."""

    def __init__(self, selector: Selector, getter: Callable[[Any], Any] | None) -> None:
        self._path = Path(selector.steps)
        self._getter = getter

    def values(self, items: Sequence[Piece], together: Sequence[Any] | None) -> "list[Any]":
        """For each item the JSON at this selector, or UNSET.

        Args:
            together: what `Items.shape` made of the items, where it could.
        """
        if together is None or self._getter is None:
            return [UNSET if (found := self._path.first(item)) is None else found for item in items]
        try:
            return list(map(self._getter, together))
        except AttributeError:  # an object on the way is null or absent in some item
            return [_got(self._getter, each) for each in together]


class Items:
    """The columns of a rule, and the type with which msgspec reads them all at once."""

    def __init__(self, id: Selector, score: Selector | None, vendor: Selector | None) -> None:
        self._tree: dict[str, Any] = {}
        self.id: Final = Column(id, self._taken(id))
        self.score: Final = Column(score, self._taken(score)) if score else None
        self.vendor: Final = Column(vendor, self._taken(vendor)) if vendor else None
        self.shape: Final[Any] = _shape(self._tree) if self._tree else None

    def _taken(self, selector: Selector) -> Callable[[Any], Any] | None:
        """A getter for this selector's value in `shape`; None where it must be read by itself."""
        names = [step.key for step in selector.steps if isinstance(step, Name) and can_be_a_field(step.key)]
        if not names or len(names) != len(selector.steps):
            return None
        *above, last = names
        here, way = self._tree, []
        for name in above:
            here = here.setdefault(name, {})
            if here is None:  # another column's value is this one's object
                return None
            way.append(name)
        if here.setdefault(last, None) is not None:
            return None
        return attrgetter(".".join(map(_field, names)))


def _field(name: str) -> str:
    return "f" + name.encode().hex()


def _shape(tree: dict[str, Any]) -> Any:
    fields = [
        (_field(name), Raw, UNSET) if inner is None else (_field(name), _shape(inner) | None, None)
        for name, inner in tree.items()
    ]
    return msgspec.defstruct("Item", fields, rename={_field(name): name for name in tree}, gc=False)


def _got(getter: Callable[[Any], Any], each: Any) -> Any:
    try:
        return getter(each)
    except AttributeError:
        return UNSET


# -- ids, vendors ---------------------------------------------------------------


def texts(values: Sequence[Any]) -> list[str | None]:
    """Each value as the text it stands for: a string decoded, a number as it is written; anything else is none."""
    try:
        joined = b"\n".join(values)
    except TypeError:  # UNSET is no text
        return [None if each is UNSET else text_of(each) for each in values]
    # A JSON string holds no line break of its own, so one split gives them all.
    if joined[:1] == b'"':
        simple = b"\\" not in joined and b'""' not in joined and joined.count(b'"\n"') == len(values) - 1
        if simple and joined.count(b'"') == 2 * len(values):
            return joined[1:-1].decode().split('"\n"')  # type: ignore[return-value]
    elif joined and not joined.translate(None, _DIGITS_AND_LINES):
        return joined.decode().split("\n")  # type: ignore[return-value]
    return [text_of(each) for each in values]


def text_of(value: Piece) -> str | None:
    """As `texts`, of one value. An empty text is none."""
    own = bytes(value)
    if own[:1] == b'"':
        try:
            return _text(own) or None
        except BROKEN:
            return None
    return own.decode("ascii", "replace") if own[:1] and own[:1] in _NUMBER else None


def matched(ids: Sequence[str | None], pattern: re.Pattern[str]) -> list[str | None]:
    """`id_pattern`: the first group of each id; an id that does not match is none."""
    found = [None if each is None else pattern.search(each) for each in ids]
    group = 1 if pattern.groups else 0
    return [None if each is None else each[group] or None for each in found]


# -- quality ----------------------------------------------------------------------


def falling(positions: Sequence[int], count: int) -> list[float]:
    """`quality: organic`: from 1 for the first item down to 1/count for the last."""
    return [1 - at / count for at in positions]


def measured(values: Sequence[Any]) -> list[float]:
    """`quality: $.score`: divided by the highest where that is over 1; the least for what is no number over 0."""
    numbers = _numbers(values)
    highest = max(numbers, default=0.0)
    if highest > 1:
        numbers = [each / highest for each in numbers]
    return [each if each > 0 else LEAST for each in numbers]


def _numbers(values: Sequence[Any]) -> list[float]:
    try:
        numbers = _floats(b"[" + b",".join(values) + b"]")
    except (TypeError, *BROKEN):
        numbers = [_number(each) for each in values]
    return [each if math.isfinite(each) else 0.0 for each in numbers]


def _number(value: Any) -> float:
    own = b"" if value is UNSET else bytes(value)
    return float(own) if own[:1] and own[:1] in _NUMBER else 0.0
