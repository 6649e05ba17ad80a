"""An XML sample as values of JSON, and the paths in them as XPath. Pure.

An element is an object of its children and attributes (`@name`), one that
stands there again is an array, one with nothing but text is that text. What it is may
be said by its `name` instead of its tag, as in Solr's `<str name="id">`: that is
then its key, `str[@name='id']`. So everything else in this wing looks through
XML as it does through JSON; only what is written for people goes through
`spelled`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Set
from typing import Any, Final

from lxml import etree

from proxy.discovery.sample import HTML, LARGEST, NotASample
from proxy.rules.selector import Every, Index, Name, Selector, Step, Where

TEXT: Final = "#text"
INSIDE: Final = ""
"""In place of the root's name, where a path begins at an item, whatever its first element is called."""
DEEPEST: Final = 60


def looks_like_markup(body: bytes) -> bool:
    """Whether a body begins as XML does, and not as a web page."""
    start = body.removeprefix(b"\xef\xbb\xbf")[:1_000].lstrip()
    return start.startswith(b"<") and not HTML.match(start)


def read_markup(body: bytes) -> tuple[str, object]:
    """The root element's name, and the whole as JSON values.

    Raises:
        NotASample: it is no XML, or too large.
    """
    if len(body) > LARGEST:
        raise NotASample(f"the response is larger than {LARGEST >> 20} MiB; save one with fewer products in it")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotASample(f"the response is no XML: {error}") from None
    name = _name(root)
    if name == "html":
        raise NotASample("the response is a web page (XHTML), not the answer of a search API")
    return name, {name: _value(root, _fields_by_name(root), 0)}


def _value(element: "etree._Element", fields: Set[tuple[str, str]], depth: int, is_field: bool = False) -> Any:
    attributes = {} if is_field else {str(key): str(value) for key, value in element.items()}
    children: dict[str, Any] = {f"@{key}": text for key, text in attributes.items() if not key.startswith("{")}
    for child in element.iterchildren(etree.Element):
        if depth >= DEEPEST:
            break
        field = _called_by_name(child)
        is_one = (_name(element), field) in fields
        _add(children, field if is_one else _name(child), _value(child, fields, depth + 1, is_one))
    text = (element.text or "").strip()
    if not children:
        return text
    return {**children, TEXT: text} if text else children


def _add(children: dict[str, Any], name: str, value: Any) -> None:
    if name not in children:
        children[name] = value
    elif isinstance(children[name], list):
        children[name].append(value)
    else:
        children[name] = [children[name], value]


def _name(element: "etree._Element") -> str:
    """The element's name as it is written: with its prefix, if it has one."""
    local = str(etree.QName(element).localname)
    return f"{element.prefix}:{local}" if element.prefix else local


# -- fields that are called by their `name` ----------------------------------------


def _fields_by_name(root: "etree._Element") -> Set[tuple[str, str]]:
    """Those of the sample, each with the tag around it: they come again in one record after the other, as tags do.

    A `name` that does not (`<product name="Lamp">`) is what a thing is called, and not what it is.
    """
    seen = Counter(field for record in root.iter(etree.Element) for field in set(_may_be_fields(record)))
    return {field for field, records in seen.items() if records > 1}


def _may_be_fields(record: "etree._Element") -> Iterator[tuple[str, str]]:
    return (
        (_name(record), called) for child in record.iterchildren(etree.Element) if (called := _called_by_name(child))
    )


def _called_by_name(element: "etree._Element") -> str:
    """Its tag and `name` as a step of XPath; "" where it has other attributes, too, or holds more than values."""
    if element.keys() != ["name"] or any(len(child) for child in element):
        return ""
    name = str(element.get("name"))
    return f"{_name(element)}[@name={_quoted(name)}]" if name and not {"'", '"'} <= set(name) else ""


# -- its paths --------------------------------------------------------------------

_NAME: Final = r"\.[^\W\d]\w*|\['(?:[^'\\]|\\.)*'\]"
_PATH: Final = re.compile(rf"(?<![\w.])\$(?:{_NAME}|\[\*\]|\[\d+\]|\[\?@(?:{_NAME})+ == '(?:[^'\\]|\\.)*'\])+")


def spelled(text: str, root: str | None) -> str:
    """A text with every JSONPath in it as the XPath that it stands for.

    Args:
        text: for people, or a path itself.
        root: the name of the root element, with which paths from the document begin; None where the sample is JSON.
    """
    return text if root is None else _PATH.sub(lambda found: _xpath(found[0], root), text)


def _xpath(path: str, root: str) -> str:
    steps = Selector.parse(path).steps
    is_absolute = steps[0] == Name(root)
    return ("" if is_absolute else ".") + "".join(map(_step, steps))


def _step(step: Step) -> str:
    if isinstance(step, Name):
        return "" if step.key == TEXT else f"/{step.key}"
    if isinstance(step, Index):
        return f"[{step.n + 1}]"
    if isinstance(step, Every):
        return ""
    assert isinstance(step, Where)
    return f"[{'/'.join(step.path)}={_quoted(str(step.value))}]"


def _quoted(text: str) -> str:
    quote = '"' if "'" in text else "'"
    return f"{quote}{text}{quote}"
