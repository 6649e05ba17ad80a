"""What makes no sense in a rule for XML: one whose `products.list` is an XPath. Pure."""

import re
from collections.abc import Iterator
from typing import Any, Final

from proxy.rules.judging.finding import Found, Matter
from proxy.rules.reading.draft import Draft
from proxy.rules.selector import Selector

# A name, with a prefix perhaps, an attribute's behind `@`. ASCII: enough for a field of ours, right in every coding.
_FIELD: Final = re.compile(r"@?(?:[A-Za-z_][\w.\-]*:)?[A-Za-z_][\w.\-]*", re.ASCII)
_INSIDE: Final = ("products.id", "products.vendor", "products.quality", "tag.at")
_OF_JSON: Final = ("tag.append", "tag.summary", "banners", "match.graphql")


def of_json(rule: Draft) -> Iterator[Found]:
    """What only JSON has."""
    for key in _OF_JSON:
        if _is_xml(rule) and rule.given(key):
            yield Found(key, f"`{key}` is for JSON, and `products.list` is an XPath (of XML)", "remove it")


def beginnings(rule: Draft) -> Iterator[Found]:
    """`/` begins at the document, `./` in the item."""
    if not _is_xml(rule):
        return
    listing = rule.get("products.list").text
    if listing.startswith("./"):
        yield Found("products.list", "the items are looked for from the document on", f"write `{listing[1:]}`")
    for key in _INSIDE:
        value: Any = rule.values.get(key)
        if isinstance(value, Selector) and value.is_xpath and not value.text.startswith("./"):
            message = "this begins at the document, and is the same for every item"
            yield Found(key, message, f"write `.{value.text}` for a place inside the item")


def field_names(rule: Draft) -> Iterator[Found]:
    """Elements and attributes have names of a kind."""
    if not _is_xml(rule):
        return
    for key in ("tag.fields", "tag.organic"):
        for name in rule.get(key):
            if not _FIELD.fullmatch(name):
                hint = "a name has letters, digits, `_`, `-` and `.`; `@name` is an attribute"
                yield Found(f"{key}.{name}", f"`{name}` cannot be the name of an element", hint)


def fetched(rule: Draft) -> Iterator[Found]:
    """A product's own answer is of the format of the listing."""
    product = rule.values.get("layout.product")
    if isinstance(product, Selector) and product.text != Selector.root and product.is_xpath != _is_xml(rule):
        kind = "XPath (of XML)" if _is_xml(rule) else "JSONPath"
        yield Found("layout.product", f"`products.list` is {kind}, and this is not", "write both for one format")


def _is_xml(rule: Draft) -> bool:
    listing: Selector = rule.get("products.list")
    return listing.is_xpath


MATTERS: Final[tuple[Matter, ...]] = (of_json, beginnings, field_names, fetched)
