"""What is written into items: the tag of an ad, the fields of the others, compiled when the rule is loaded. Pure.

Constant pieces are bytes beforehand; of an ad only what is its own is encoded.
An item that has no place for the tag (no object where `tag.at` says, something
else where `tag.append` wants an array) cannot be an ad: an ad without its
`resolvedBidId` could never be counted. Such an item stays as it was.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import msgspec

from proxy.auction.winners import Winner
from proxy.rules.rule import Append
from proxy.rules.selector import Selector
from proxy.rules.values import Template, Value
from proxy.search.lossless.path import BROKEN
from proxy.search.lossless.splice import Array, Fields
from proxy.search.lossless.spot import Spot

NULL: Final = b"null"
_encode = msgspec.json.Encoder().encode
Write: TypeAlias = Callable[[Winner], bytes]


class Tag:
    """Fields at a place, and an element at another, for each ad."""

    def __init__(self, at: Selector, fields: Mapping[str, Value], append: Append | None, page: str) -> None:
        self._fields = Fields(tuple(fields), Spot(at.steps))
        self._writes = [writer(value, page) for value in fields.values()]
        self._append = (Array(Spot(append.at.steps)), writer(append.value, page)) if append else None

    def on(self, item: bytes, winner: Winner) -> bytes | None:
        """The item as an ad; None where it has no place for the tag."""
        try:
            tagged = self._fields.put(item, [write(winner) for write in self._writes])
            if tagged is None or self._append is None:
                return tagged
            array, element = self._append
            return array.append(tagged, element(winner))
        except (ValueError, *BROKEN):  # text that is no Unicode, an item nested beyond all reason
            return None


class OrganicTag:
    """Fields for every other item of a merged listing."""

    def __init__(self, at: Selector, fields: Mapping[str, Value], page: str) -> None:
        self._fields = Fields(tuple(fields), Spot(at.steps))
        self._values = [_of_any(value, page) for value in fields.values()]

    def on(self, item: bytes, product_id: str | None) -> bytes:
        """The item with its fields; unchanged where it has no place for them."""
        own = NULL if product_id is None else _encode(product_id)
        values = [own if value is None else value for value in self._values]
        try:
            return self._fields.put(item, values) or item
        except (ValueError, *BROKEN):
            return item


# -- values -----------------------------------------------------------------------


def writer(template: Template, page: str) -> Write:
    """A value, or a list or section of values, as the function that writes it for a winner."""
    if isinstance(template, Value):
        return _value(template, page)
    if isinstance(template, dict):
        inner = [(msgspec.json.encode(key) + b":", writer(each, page)) for key, each in template.items()]
        return lambda winner: b"{" + b",".join([key + write(winner) for key, write in inner]) + b"}"
    parts = [writer(each, page) for each in template]
    return lambda winner: b"[" + b",".join([write(winner) for write in parts]) + b"]"


def _value(value: Value, page: str) -> Write:
    if value.name:
        constant = _encode(page) if value.name == "page" else None
        return _WRITERS[value.name] if constant is None else lambda _: constant
    return lambda _: value.json


def _of_any(value: Value, page: str) -> bytes | None:
    """What an organic item gets; None stands for its own id."""
    if value.name:
        return None if value.name == "id" else _encode(page) if value.name == "page" else NULL
    return value.json


def checked(raw: bytes | None) -> bytes:
    """JSON that another system wrote, as it came; null where it would break the page."""
    try:
        msgspec.json.decode((raw or NULL).decode().encode(), type=msgspec.Raw)
    except (UnicodeDecodeError, *BROKEN):
        return NULL
    return raw or NULL


_WRITERS: Final[Mapping[str, Write]] = {
    "resolved_bid_id": lambda winner: _encode(winner.resolved_bid_id),
    "rank": lambda winner: b"%d" % winner.rank,
    "campaign_id": lambda winner: _encode(winner.campaign_id),
    "winner_type": lambda winner: _encode(winner.type),
    "winner_id": lambda winner: _encode(winner.winner_id or winner.id),
    "id": lambda winner: _encode(winner.id),
    "demand_source": lambda winner: _encode(winner.demand_source),
    "metadata": lambda winner: checked(winner.metadata),
}
