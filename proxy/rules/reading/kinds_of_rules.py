"""The kinds that rules are made of: paths, hosts, selectors, sources, expressions. Pure.

Each turns a text into the value that a request will meet, once, at load time.
"""

import re
import string
import warnings
from typing import Final
from urllib.parse import quote

from proxy.rules.matching.paths import PathPattern
from proxy.rules.reading.expressions import why_slow
from proxy.rules.reading.kinds import Kind, ListOf, Read, Wrong, did_you_mean, nearest
from proxy.rules.reading.nodes import Scalar, shown
from proxy.rules.reading.presets import preset_names
from proxy.rules.selector import Name, Selector, SelectorError
from proxy.rules.sources import Source, Sources
from proxy.rules.values import read_value

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "QUERY")
"""Methods with which something is searched. HEAD comes with GET."""


def _path(node: Scalar) -> PathPattern:
    return PathPattern.parse(node.text)


def _method(node: Scalar) -> str:
    text = node.text
    if text in METHODS:
        return text
    if text.upper() == "HEAD":
        raise Wrong("HEAD is not named", "a rule for GET also takes HEAD")
    if text.upper() in METHODS:
        raise Wrong(f"`{text}`: methods are upper case", f"write {text.upper()}")
    raise Wrong(f"`{shown(text)}` is no method with which a page is asked for", did_you_mean(text.upper(), METHODS))


_HOST = re.compile(
    r"(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*|\[[0-9a-f:.]+\]"
)


def _host(node: Scalar) -> str:
    text = node.text.lower().removesuffix(".")
    if _HOST.fullmatch(text) and len(text) <= 255:
        return text
    bare = re.sub(r"^[a-z]+://|[/?#].*$", "", text)
    bare = re.sub(r":[0-9]+$", "", bare)
    if bare != text and _HOST.fullmatch(bare):
        raise Wrong(f"`{shown(node.text)}` is more than a host name", f"write {_in_quotes(bare)}")
    if "*" in text:
        raise Wrong("a `*` can only stand at the very start, before a `.`", 'for example "*.shop.example"')
    if not text.isascii():
        raise Wrong(f"`{shown(node.text)}` is not as browsers send it", "write the name in its ASCII form (xn--…)")
    raise Wrong(f"`{shown(node.text)}` is no host name", "for example shop.example")


def _in_quotes(host: str) -> str:
    return f'"{host}"' if host[0] in "*[" else host


def _selector(node: Scalar) -> Selector:
    try:
        return Selector.parse(node.text)
    except SelectorError as error:
        raise Wrong(error.message, error.hint, error.column, error.length) from None


def _inner(node: Scalar) -> Selector:
    """One value inside an item."""
    selector = _selector(node)
    if "[*]" in re.sub(r"'[^']*'|\"[^\"]*\"", "", selector.text) and not selector.is_xpath:
        column = selector.text.index("[*]") if "[*]" in selector.text else 0
        hint = "the path begins inside the item, as in `$.id`; `[0]` is the first of several"
        raise Wrong("`[*]` names many values, and one is needed", hint, column, 3)
    return selector


def _place(node: Scalar, root: bool) -> Selector:
    """One place that is written to."""
    selector = _selector(node)
    if selector.is_xpath:
        return selector
    if not selector.is_single:
        raise Wrong("`[*]` and filters name many places, and one is needed", "for example `$.properties`")
    if not root and not (selector.steps and isinstance(selector.steps[-1], Name)):
        raise Wrong("this does not name a key to write to", "for example `$.properties`")
    return selector


def _sources(node: Scalar) -> Source:
    try:
        return Source.parse(node.text)
    except SelectorError as error:
        raise Wrong(error.message, error.hint, error.column, error.length) from None


def _id_pattern(node: Scalar) -> str:
    text = node.text
    if not text or len(text) > 500:
        raise Wrong("a pattern has 1 to 500 characters", 'for example "gid://shopify/Product/(.+)"')
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            groups = re.compile(text).groups
    except (re.error, RecursionError, OverflowError) as error:
        position = getattr(error, "pos", None) or 0
        message = getattr(error, "msg", "too large")
        raise Wrong(f"this is no regular expression: {message}", "", position, 1) from None
    if groups != 1:
        count = "no group" if not groups else f"{groups} groups"
        hint = "put what is the id in parentheses: `(.+)`" if not groups else "write the others as `(?:…)`"
        raise Wrong(f"the pattern has {count}, and must have exactly one", hint)
    slow = why_slow(text)
    if slow:
        raise Wrong(f"this pattern can take forever on some ids: {slow}", "write it with one repetition, as `(.+)`")
    return text


def _preset(node: Scalar) -> str:
    names = preset_names()
    if node.text in names:
        return node.text
    near = nearest(node.text, names)
    hint = f"did you mean `{near}`?" if near else f"there are {', '.join(names)}"
    raise Wrong(f"there is no preset `{shown(node.text)}`", hint)


def _fetch_path(node: Scalar) -> str:
    text = node.text
    if not text.startswith("/"):
        raise Wrong(f"`{shown(text)}` does not begin with `/`", "it is a path on the marketplace: /api/products/{id}")
    if re.search(r"[\s#\x00-\x1f\x7f]", text):
        raise Wrong("spaces and `#` cannot stand in a path", "write a space as `%20`")
    if text.count("{id}") != 1:
        count = "is missing" if "{id}" not in text else "stands there twice"
        raise Wrong(f"`{{id}}` {count}", "it stands for the product's id: /api/products/{id}")
    if re.search(r"[{}]", text.replace("{id}", "")):
        raise Wrong("only `{id}` can be filled in", "write a brace itself as `%7B` or `%7D`")
    return quote(text, safe=string.punctuation)


PRESET: Final = Read(_preset, "a preset's name", "algolia", {"enum": list(preset_names())})
PATH: Final = Read(_path, "a path", "/api/search")
METHOD: Final = Read(_method, "a method", "GET", {"enum": list(METHODS)})
HOST: Final = Read(_host, "a host name", '"*.shop.example"')
OUTER: Final = Read(_selector, "a JSONPath", "$.products")
INNER: Final = Read(_inner, "a JSONPath inside the item", "$.id")
ROOT_PLACE: Final = Read(lambda node: _place(node, root=True), "a JSONPath of one object", "$")
PLACE: Final = Read(lambda node: _place(node, root=False), "a JSONPath of one place", "$.properties")
ID_PATTERN: Final = Read(_id_pattern, "a regular expression", '"gid://shopify/Product/(.+)"')
FETCH_PATH: Final = Read(_fetch_path, "a path with `{id}`", "/api/products/{id}")
VALUE: Final = Read(read_value, "a value to write", "resolved_bid_id", {}, null=True)
_SOURCE: Final = Read(_sources, "a source", "query.q")
SOURCES: Final[Kind] = ListOf(
    _SOURCE, "a source, or a list of them", "query.q", most=20, may_be_single=True, make=Sources
)
SOURCE_LIST: Final[Kind] = ListOf(_SOURCE, "a list of sources", "[header.accept-language]", most=20, make=Sources)
