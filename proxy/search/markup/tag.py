"""What is written into items of XML: the tag of an ad, the fields of the others. Pure.

As `search/tag.py` does for JSON: fields are child elements, `@name` is an
attribute. An item is parsed by itself here, in a frame that declares the
prefixes which it takes from around it. An item that has no place for the tag
cannot be an ad.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from proxy.auction.winners import Winner
from proxy.rules.selector import Selector
from proxy.rules.values import Value
from proxy.search.markup.document import BadMarkup, Document
from proxy.search.markup.edits import applied, with_fields
from proxy.search.markup.finder import Finder

_PREFIX: Final = re.compile(rb"[<\s/]([A-Za-z_][\w.\-]*):[A-Za-z_]")
_NEVER_DECLARED: Final = frozenset({b"xml", b"xmlns"})


class Tag:
    """Fields at a place, for each ad."""

    def __init__(self, at: Selector, fields: Mapping[str, Value], page: str) -> None:
        self._at = Finder(at.text)
        self._fields = [(name, _text_of(value, page)) for name, value in fields.items()]

    def on(self, item: bytes, winner: Winner) -> bytes | None:
        """The item as an ad; None where it has no place for the tag."""
        return put(item, self._at, [(name, text(winner)) for name, text in self._fields])


class OrganicTag:
    """Fields for every other item of a merged listing."""

    def __init__(self, at: Selector, fields: Mapping[str, Value], page: str) -> None:
        self._at = Finder(at.text)
        self._fields = [(name, _text_of_any(value, page)) for name, value in fields.items()]

    def on(self, item: bytes, product_id: str | None) -> bytes:
        """The item with its fields; unchanged where it has no place for them."""
        return put(item, self._at, [(name, text(product_id)) for name, text in self._fields]) or item


def put(item: bytes, at: Finder, fields: list[tuple[str, str | None]]) -> bytes | None:
    """The item with fields at a place inside it; None where there is no such place, or no such prefix."""
    used = {*_PREFIX.findall(item)} - _NEVER_DECLARED
    # What a prefix stands for does not matter here: the frame only makes the item readable by itself.
    frame = b"<frame%b>" % b"".join(b' xmlns:%b="%b"' % (prefix, prefix) for prefix in sorted(used))
    try:
        document = Document(frame + item + b"</frame>")
        [own] = document.root
        place = next(iter(at.elements(document, own)), None)
    except (BadMarkup, ValueError):
        return None
    if place is None or place is document.root:
        return None
    edits = with_fields(document, place, fields)
    return applied(document.text, edits)[len(frame) : -len(b"</frame>")]


# -- values -----------------------------------------------------------------------


def _text_of(value: Value, page: str) -> Callable[[Winner], str | None]:
    if not value.name:
        literal = _literal(value)
        return lambda _: literal
    return (lambda _: page) if value.name == "page" else _TEXTS[value.name]


def _text_of_any(value: Value, page: str) -> Callable[[str | None], str | None]:
    """What an organic item gets: a literal, the page, its own id; it has nothing else."""
    literal = page if value.name == "page" else None if value.name else _literal(value)
    return (lambda own: own) if value.name == "id" else (lambda _: literal)


def _literal(value: Value) -> str | None:
    """A literal as XML writes it; None for null: the field is then left out."""
    decoded = msgspec.json.decode(value.json)
    if decoded is None or isinstance(decoded, str):
        return decoded
    return value.json.decode()


_TEXTS: Final[Mapping[str, Callable[[Winner], str | None]]] = {
    "resolved_bid_id": lambda winner: winner.resolved_bid_id,
    "rank": lambda winner: str(winner.rank),
    "campaign_id": lambda winner: winner.campaign_id,
    "winner_type": lambda winner: winner.type,
    "winner_id": lambda winner: winner.winner_id or winner.id,
    "id": lambda winner: winner.id,
    "demand_source": lambda winner: winner.demand_source,
    "metadata": lambda winner: winner.metadata.decode() if winner.metadata else None,
}
