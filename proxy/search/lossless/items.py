"""What of each item becomes a value: its id, its quality, its vendor. Pure.

All that a rule asks for is read from all items in one decode, compiled when
the rule is loaded: first as if every id were a string, since most are and the
first that is none ends that at once; then for ids of any kind. Items that no
such decode can take (no object, another shape on the way) are read one by one.
Whatever is not there is not there.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, Final, TypeAlias

import msgspec
from msgspec import UNSET, Raw

from proxy.rules.selector import Name, Selector
from proxy.search.lossless.names import Names
from proxy.search.lossless.path import Path, Piece, can_be_a_field
from proxy.search.lossless.texts import texts

Columns: TypeAlias = tuple[list[str | None], Sequence[Any] | None, list[str | None] | None]
"""For each item: its id or None; the JSON of its score, or UNSET; its vendor or None."""


class Items:
    """How the items behind some names are read.

    Args:
        names: from where a decode begins to the array of the items.
        score: None where the rule asks for none; so is `vendor`.
    """

    def __init__(self, names: Sequence[str], id: Selector, score: Selector | None, vendor: Selector | None) -> None:
        tree: dict[str, Any] = {}
        self._id = _Column(id, tree, str)
        self._score = _Column(score, tree, Raw) if score else None
        self._vendor = _Column(vendor, tree, Raw) if vendor else None
        self._strings = Names(names, list[_shape(tree, str)]) if self._id.getter else None  # type: ignore[misc]
        self._any = Names(names, list[_shape(tree, Raw)]) if tree else None  # type: ignore[misc]
        self._needs_no_items = all(each is None or each.getter for each in (self._id, self._score, self._vendor))

    def read(self, begin: Piece, items: Sequence[Piece]) -> Columns:
        """The columns of `items`, which are the array that the names lead to from `begin`."""
        together = _decoded(self._strings, begin)
        if together is not None:
            ids = self._id.of_all(together, None)
            known = ids if "" not in ids else [each or None for each in ids]
        else:
            together = _decoded(self._any, begin)
            known = texts(self._id.values(items, together))
        return self._columns(known, items, together)

    def read_uncut(self, begin: Piece) -> tuple[Sequence[Any], Columns] | None:
        """Each id as it stands in the text (UNSET: it has none), and the columns, of items that nobody has cut yet.

        None where that takes the items themselves.
        """
        together = _decoded(self._any, begin) if self._needs_no_items else None
        if together is None:
            return None
        marks = self._id.of_all(together, UNSET)
        return marks, self._columns(texts(marks), (), together)

    def _columns(self, ids: list[str | None], items: Sequence[Piece], together: Sequence[Any] | None) -> Columns:
        return (
            ids,
            self._score.values(items, together) if self._score else None,
            texts(self._vendor.values(items, together)) if self._vendor else None,
        )


class _Column:
    """One selector over all items; it takes its place in the tree of what is read together, if it can."""

    def __init__(self, selector: Selector, tree: dict[str, Any], leaf: Any) -> None:
        self._path = Path(selector.steps)
        self.getter: Final = _grown(tree, selector, leaf)

    def values(self, items: Sequence[Piece], together: Sequence[Any] | None) -> Sequence[Any]:
        """For each item the JSON at this selector, or UNSET."""
        if together is None or self.getter is None:
            return [UNSET if (found := self._path.first(item)) is None else found for item in items]
        return self.of_all(together, UNSET)

    def of_all(self, together: Sequence[Any], otherwise: Any) -> list[Any]:
        """What the decode made of each item; `otherwise` where an object on the way is null or absent."""
        getter = self.getter
        if getter is None:
            return [otherwise] * len(together)
        try:
            return list(map(getter, together))
        except AttributeError:
            return [_got(getter, each, otherwise) for each in together]


def _grown(tree: dict[str, Any], selector: Selector, leaf: Any) -> Callable[[Any], Any] | None:
    """Make room for a selector in the tree; the getter of its value, or None where it must be read by itself."""
    names = [step.key for step in selector.steps if isinstance(step, Name) and can_be_a_field(step.key)]
    if not names or len(names) != len(selector.steps):
        return None
    *above, last = names
    here = tree
    for name in above:
        here = here.setdefault(name, {})
        if not isinstance(here, dict):  # another column's value is this one's object
            return None
    # Two columns of one value share it where both want the same of it.
    return attrgetter(".".join(map(_field, names))) if here.setdefault(last, leaf) is leaf else None


def _shape(tree: dict[str, Any], id_leaf: Any) -> Any:
    fields = [
        (_field(name), _shape(inner, id_leaf) | None, None)
        if isinstance(inner, dict)
        else (_field(name), str, "")
        if inner is str and id_leaf is str
        else (_field(name), Raw, UNSET)
        for name, inner in tree.items()
    ]
    return msgspec.defstruct("Item", fields, rename={_field(name): name for name in tree}, gc=False)


def _field(name: str) -> str:
    return "f" + name.encode().hex()


def _decoded(names: Names | None, begin: Piece) -> list[Any] | None:
    try:
        found: list[Any] | None = names.decode(begin) if names else None
    except msgspec.ValidationError:
        return None
    return found


def _got(getter: Callable[[Any], Any], each: Any, otherwise: Any) -> Any:
    try:
        return getter(each)
    except AttributeError:
        return otherwise
