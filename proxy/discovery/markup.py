"""An XML sample as values of JSON, and the paths in them as XPath. Pure.

An element is an object of its children and attributes (`@name`), one that
stands there again is an array, one with nothing but text is that text. So
everything else in this wing looks through XML as it does through JSON; only
what is written for people goes through `spelled`.
"""

import re
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
    return name, {name: _value(root, 0)}


def _value(element: "etree._Element", depth: int) -> Any:
    attributes = {str(key): str(value) for key, value in element.items()}
    children: dict[str, Any] = {f"@{key}": text for key, text in attributes.items() if not key.startswith("{")}
    for child in element.iterchildren(etree.Element):
        if depth >= DEEPEST:
            break
        _add(children, _name(child), _value(child, depth + 1))
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
    quote = '"' if "'" in str(step.value) else "'"
    return f"[{'/'.join(step.path)}={quote}{step.value}{quote}]"
