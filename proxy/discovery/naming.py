"""What a page is called, and the path that takes it. Pure.

The path of the sample is written as it is: a rule that takes too little is
seen at once, one that takes too much puts ads where nobody wanted them. Only
the words searched for become a capture where they stand in the path.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args
from urllib.parse import quote

from proxy.ask import Ask
from proxy.discovery import words
from proxy.discovery.words import words_of
from proxy.rules.matching.paths import DEEPEST

PageType = Literal["home", "category", "PDP", "search", "other"]
PAGE_TYPES: Final[tuple[str, ...]] = get_args(PageType)

_SPEAKS: Final[tuple[tuple[str, PageType, frozenset[str]], ...]] = (
    ("similar", "PDP", words.OF_SIMILAR_PRODUCTS),
    ("search", "search", words.OF_A_SEARCH),
    ("category", "category", words.OF_A_CATEGORY),
    ("home", "home", words.OF_THE_HOME_PAGE),
)
"""What a word in the path makes of the page: its name and its type; the first that is there."""


@dataclass(frozen=True, slots=True)
class Named:
    """A page: its name in logs and metrics, and its type in the ad platform's words."""

    name: str
    type: PageType


def name_page(ask: Ask | None, searched: bool) -> Named:
    """The page's name, by its path.

    Args:
        ask: the request, where it is known.
        searched: whether words were searched for.
    """
    if ask is None:
        return Named("search", "search")
    said = [word for segment in ask.segments for word in words_of(segment)]
    for name, kind, speaks in _SPEAKS:
        if not speaks.isdisjoint(said):
            return Named(name, "search" if searched and kind != "PDP" else kind)
    if searched:
        return Named("search", "search")
    own = [slug for segment in reversed(ask.segments) if (slug := _slug(segment))]
    return Named(own[0] if own else "products", "other")


def _slug(segment: str) -> str:
    """A segment as a page's name; "" where it says nothing: a version, a number, `api`."""
    slug = re.sub(r"[^a-z0-9]+", "-", re.sub(r"\.\w+$", "", segment.lower())).strip("-")[:40].strip("-")
    return "" if re.fullmatch(r"|v?\d[\d-]*|api|rest|json|graphql|index|[0-9a-f-]{16,}", slug) else slug


# -- the path ---------------------------------------------------------------------


def pattern_of(path: str, captured: int | None = None, name: str = "term") -> str:
    """A path as `match.path` takes it: as it was sent, but for characters that mean something there.

    Args:
        path: as sent, without the query.
        captured: which segment becomes a capture of this name.
    """
    segments = path.removeprefix("/").split("/")
    written = [f"{{{name}}}" if at == captured else _literal(segment) for at, segment in enumerate(segments)]
    if len(written) > DEEPEST:
        written = [*written[: DEEPEST - 1], "{rest...}"]
    return "/" + "/".join(written)


def _literal(segment: str) -> str:
    segment = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", segment)
    return re.sub(r"[{}*?#\s\x00-\x1f\x7f-\x9f]", lambda found: quote(found[0], safe=""), segment)


_VARIES: Final = (
    ("locale", re.compile(r"[a-z]{2}[-_][A-Za-z]{2}")),
    ("id", re.compile(r"\d{2,}|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{24}|(?=.*\d)[A-Za-z0-9_-]{16,}")),
)
_BEHIND: Final = {
    "category": "categories category collections collection c cat department departments browse plp",
    "id": "products product p items item",
    "store": "stores store shops shop tenants tenant sites site markets market",
    "index": "indexes indices collections",
}


def general_pattern(path: str) -> str | None:
    """The same path with `{name}` for what looks as if it varied: a language, an id. None where nothing does."""
    segments = path.removeprefix("/").split("/")
    names = _names(segments)
    if not names or "{" in path or len(segments) > DEEPEST:
        return None
    return "/" + "/".join(f"{{{names[at]}}}" if at in names else _literal(each) for at, each in enumerate(segments))


def _names(segments: Sequence[str]) -> dict[int, str]:
    names: dict[int, str] = {}
    for at, segment in enumerate(segments):
        before = segments[at - 1].lower() if at and segment else ""
        name = next((name for name, owners in _BEHIND.items() if before in owners.split()), None)
        name = name or next((name for name, looks in _VARIES if looks.fullmatch(segment)), None)
        if name and name not in names.values() and not re.fullmatch(r"v\d+|search|query|suggest", segment):
            names[at] = name
    return names


def beneath(path: str, pattern: str, segments: Sequence[str], takes: Sequence[bool]) -> str | None:
    """A preset's pattern behind a prefix that the shop put before it; None where it does not end the path.

    Args:
        path: the path as sent.
        pattern: the preset's.
        segments: the path's segments, as sent.
        takes: for each segment, whether the pattern takes the path from there on.
    """
    if True not in takes[1:]:
        return None
    at = takes.index(True, 1)
    return pattern_of("/" + "/".join(segments[:at])) + pattern
