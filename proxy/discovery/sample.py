"""A sample response as JSON values; or, where it is no JSON, what it is instead. Pure.

The person who runs `init` mostly saved the wrong thing (the page, not the
answer of its API), so whatever is not JSON is named and met with advice.
"""

import json
import re
from typing import Final, NoReturn

from proxy.errors import Trouble

LARGEST: Final = 8 * 1024 * 1024
"""Bytes of a sample that are read; one page of results is far smaller."""


class NotASample(Trouble):
    """What was given cannot be looked through: what it is, and what to give instead."""


def read_sample(body: bytes) -> object:
    """The JSON value in a response's body, in UTF-8 with or without a BOM.

    Raises:
        NotASample: it is no JSON, or too large, or nested deeper than anybody's product list.
    """
    if len(body) > LARGEST:
        raise NotASample(f"the response is larger than {LARGEST >> 20} MiB; save one with fewer products in it")
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_no_json)
    except UnicodeDecodeError:
        raise NotASample(_not_utf_8(body)) from None
    except (ValueError, RecursionError) as error:
        raise NotASample(_told(body, error)) from None


_PACKED: Final = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x78")
"""How gzip, zstd and deflate begin; brotli has no beginning of its own."""


def _not_utf_8(body: bytes) -> str:
    if body.startswith(_PACKED) or not re.search(rb"[{\[<]", body[:200]):
        return "the response is compressed, or no text in UTF-8; save it decoded (curl: --compressed)"
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "the response is text in UTF-16, and only UTF-8 can be read; save it as UTF-8"
    return "the response is text, but not in UTF-8, and ads are merged only into UTF-8; ask the marketplace for that"


def _no_json(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


HTML: Final = re.compile(rb"\s*<(?:!doctype html|html|head|body|div|section|script)\b", re.I)
"""How a web page begins."""

_KINDS: Final = (
    (
        re.compile(rb"\s*\Z"),
        "the response is empty: give the address (or a saved answer) of a search that finds products",
    ),
    (
        HTML,
        "the response is a web page (HTML), not the answer of a search API. Open the page in a browser, look into the "
        "network tab of its developer tools for the JSON request that brings the products, and give that address",
    ),
    (
        re.compile(rb"\s*(?:/\*\*/)?\s*[\w$.\[\]]+\s*\("),
        "the response is JSONP, a call of a function; ask for plain JSON (without the `callback` parameter)",
    ),
    (
        re.compile(rb"\s*(?:\)\]\}'|for\s*\(;;\);|while\s*\(1\);)"),
        "the response begins with a guard against script tags, so it is not plain JSON, and no rule can read it",
    ),
    (re.compile(rb"(?:data|event|id):"), "the response is a stream of events, not one JSON value"),
    (re.compile(rb"\s*\{.*\}\s*\n\s*\{", re.S), "the response holds several JSON values, one a line, not one"),
)


def _told(body: bytes, error: Exception) -> str:
    """What this is, in words that say what to do."""
    for looks, words in _KINDS:
        if looks.match(body):
            return words
    if isinstance(error, RecursionError):
        return "the response is nested too deep"
    return f"the response is no JSON: {error}"
