"""Whether a text is an XPath that we can ask: XPath 1.0, as libxml2 reads it. Pure."""

import re
from difflib import get_close_matches
from typing import Final

from lxml import etree

from proxy.rules.steps import SelectorError

# https://www.w3.org/TR/1999/REC-xpath-19991116/: section 4, and the node types of section 2.3.
_CORE: Final = (
    "last position count id local-name namespace-uri name string concat starts-with contains substring-before "
    "substring-after substring string-length normalize-space translate boolean not true false lang number sum "
    "floor ceiling round comment text processing-instruction node"
)
_KNOWN: Final = frozenset((*_CORE.split(), "and", "or", "div", "mod"))  # an operator, too, may stand before a `(`
_LITERAL: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_CALL: Final = re.compile(r"(?<![\w.$-])([^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?)\s*\(")
_VARIABLE: Final = re.compile(r"\$[\w.:-]+")


def check(text: str) -> None:
    """Read an XPath, to know that it can be asked.

    Raises:
        SelectorError: it is none (libxml2 does not say at which column), or it calls a function or names a variable
            that there is not: libxml2 says so only of a document.
    """
    try:
        etree.XPath(text)
    except etree.XPathError as trouble:
        raise SelectorError(f"this is no XPath 1.0: {trouble}", 0, "for example `/feed/item`", len(text)) from None
    bare = _LITERAL.sub(lambda found: " " * len(found[0]), text)
    variable = _VARIABLE.search(bare)
    if variable:
        raise SelectorError(
            f"`{variable[0]}` is a variable, and there are none", variable.start(), "write its value", len(variable[0])
        )
    for call in _CALL.finditer(bare):
        if call[1] not in _KNOWN:
            near = get_close_matches(call[1], sorted(_KNOWN), 1)
            hint = f"did you mean `{near[0]}()`?" if near else "for example `contains(name, 'lamp')`"
            raise SelectorError(f"`{call[1]}()` is no function of XPath 1.0", call.start(), hint, len(call[1]))
