"""What a product is called, as far as its item says so under an obvious name. Pure.

A person who compares two lists reads names, not ids. A guess that fails costs
nothing: then the id stands alone.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Final

from proxy.search.listing import Listing

NAMES: Final = ("name", "title", "productName", "product_name", "displayName", "display_name", "label")
_ELEMENT: Final = re.compile(rb"<(?:\w+:)?(?:name|title)\b[^>]*>([^<]{1,400})<", re.I)


def titles(listings: Iterable[Listing]) -> dict[str, str]:
    """The names of the products by their ids."""
    found: dict[str, str] = {}
    for listing in listings:
        for id, position in zip(listing.ids, listing.positions, strict=True):
            if id not in found and (title := title_of(listing.item(position))):
                found[id] = title
    return found


def title_of(item: bytes) -> str:
    """The name in an item of JSON or XML, or ""."""
    if item.lstrip().startswith(b"<"):
        element = _ELEMENT.search(item)
        return element[1].decode("utf-8", "replace").strip() if element else ""
    try:
        read = json.loads(item)
    except (ValueError, RecursionError):
        return ""
    return _named(read) or next((name for child in _children(read) if (name := _named(child))), "")


def _children(value: object) -> Iterable[object]:
    return value.values() if isinstance(value, Mapping) else ()


def _named(value: object) -> str:
    """An object's own name; one in several languages by the first of them."""
    if not isinstance(value, Mapping):
        return ""
    for key in NAMES:
        name = value.get(key)
        if isinstance(name, Mapping):
            name = next(iter(name.values()), None)
        if isinstance(name, list) and len(name) == 1:
            name = name[0]
        if isinstance(name, str) and name.strip():
            return name.strip()
    return ""
