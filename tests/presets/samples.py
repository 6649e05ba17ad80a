"""The samples of tests/data/presets: a request and an answer of each backend, and what is known of them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

FOLDER = Path(__file__).parents[1] / "data" / "presets"


@dataclass(frozen=True)
class Sample:
    """One backend; `ids` and `words` have an entry for each listing of the answer."""

    name: str
    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    answer: bytes
    list: str
    id: str
    ids: list[list[str]]
    words: list[str | None]
    page: dict[str, str]

    @property
    def request(self) -> bytes:
        """The request on the wire."""
        lines = [f"{self.method} {self.target} HTTP/1.1", "Host: shop.example", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.body:
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode() + self.body


def read(name: str) -> Sample:
    """The sample of a preset."""
    folder = FOLDER / name
    case: dict[str, Any] = yaml.safe_load((folder / "case.yaml").read_text())
    url = urlsplit(case["url"])
    several = isinstance(case["ids"][0], list)
    ids = case["ids"] if several else [case["ids"]]
    words = case["search_query"]
    return Sample(
        name,
        case["method"],
        url.path + (f"?{url.query}" if url.query else ""),
        case["headers"],
        (folder / case["body"]).read_bytes() if "body" in case else b"",
        (folder / "response.json").read_bytes(),
        case["list"],
        case["id"],
        ids,
        words if isinstance(words, list) else [words] * len(ids),
        case["page"],
    )


NAMES = sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir())


# -- where the items of an answer lie, found without any code of the proxy -------------

_value_end = json.JSONDecoder().raw_decode


def arrays_at(text: str, path: str) -> list[list[slice]]:
    """For each array at a path of names and `[*]`, where its items lie in the text."""
    steps = path.removeprefix("$").replace("[*]", ".*").split(".")[1:]
    starts = [len(text) - len(text.lstrip())]
    for step in steps:
        inside = [each for at in starts for each in _inside(text, at)]
        starts = [place.start for key, place in inside if step in ("*", key)]
    return [[place for _, place in _inside(text, at)] for at in starts if text[at] == "["]


def _inside(text: str, at: int) -> Iterator[tuple[str, slice]]:
    """The members of the object, or the elements of the array, that begins here."""
    closing = {"{": "}", "[": "]"}.get(text[at])
    if closing is None:
        return
    is_object = closing == "}"
    at = _past_blanks(text, at + 1)
    while text[at] != closing:
        key = ""
        if is_object:
            key, at = _value_end(text, at)
            at = _past_blanks(text, _past_blanks(text, at) + 1)
        _, end = _value_end(text, at)
        yield key, slice(at, end)
        at = _past_blanks(text, end)
        at = _past_blanks(text, at + 1) if text[at] == "," else at


def _past_blanks(text: str, at: int) -> int:
    while text[at] in " \t\r\n":
        at += 1
    return at
