"""Functions that were found at work, told as the parts of a page's way. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping

Work = Iterable[tuple[str, str, int]]
"""File, function, how often it was found at work."""

OTHERS = "the event loop, and Python's own library"

SENDING = "giving bytes to the system"
_SENDS = {
    ("proxy/wire/client.py", "Client._begin"),
    ("proxy/wire/client.py", "Client.send_now"),
    ("proxy/search/shopper.py", "send"),
}
"""Where `transport.write` is called, which hands the bytes to the kernel at once."""

PARTS: Mapping[str, tuple[str, ...]] = {
    "the shopper's connection (aiohttp)": ("/aiohttp/", "/yarl/", "/multidict/", "proxy/server/"),
    "both connections behind (wire)": ("proxy/wire/",),
    "the listing read, merged and tagged": (
        *("proxy/search/lossless/", "proxy/search/listing.py", "proxy/search/plan.py", "proxy/search/coding.py"),
        *("proxy/search/merge.py", "proxy/search/choice.py", "proxy/search/layout.py", "proxy/search/tag.py"),
        "msgspec",
    ),
    "the auction": ("proxy/auction/", "proxy/topsort/"),
    "the visit counted and logged": ("proxy/search/visit.py", "proxy/ops/"),
    "the request, its rule, headers, the corridor": ("proxy/",),
}
"""What stands in a file's path, by part; the first that fits."""


def part_of(file: str, function: str) -> str:
    """The part of a page's way that a function belongs to."""
    path = file.replace("\\", "/")
    if any(path.endswith(name) and function == where for name, where in _SENDS):
        return SENDING
    return next((part for part, marks in PARTS.items() if any(mark in path for mark in marks)), OTHERS)


def shares(work: Work) -> dict[str, float]:
    """The share (0..1) of each part, also of those that were never found at work.

    Raises:
        ValueError: nothing was found at work.
    """
    found = Counter[str]()
    for file, function, count in work:
        found[part_of(file, function)] += count
    whole = found.total()
    if not whole:
        raise ValueError("nothing was found at work")
    return {part: found[part] / whole for part in (SENDING, *PARTS, OTHERS)}


def most(work: Work, count: int) -> list[tuple[str, float]]:
    """The functions that were found at work most often, with their shares; a file is named by its last two parts."""
    every = sorted(work, key=lambda each: -each[2])
    whole = sum(each[2] for each in every)
    return [(f"{'/'.join(file.split('/')[-2:])} {function}", times / whole) for file, function, times in every[:count]]
