"""Answers as they must not be, for trying what the proxy makes of them.

`bend` spoils a truthful answer, as JSON values: pure, whatever the version.
`bare` gives the lies that are no such answer at all, as the bytes that go over
the wire. `behaviour.py` says in words what each lie does; `server.py` tells them.
"""

import gzip
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from proxy.topsort.errors import ErrorCode, write_error

Json = dict[str, Any]

_HTML = b"<!doctype html><title>Sorry</title><h1>Something is not right</h1><p>" + b"Please come back later. " * 20
_EVIL = ('"},{"id":"', "</script><script>alert(1)</script>", "line\r\nbreak: yes", "\u2028\u0000\ud83d", "../../etc")


def bend(lie: str, answer: Json, asked: Sequence[str]) -> Json:
    """`answer` with `lie` told in it; as it was where the lie is of another kind. `asked` are the products' ids."""
    if lie in _ENVELOPES:
        return _ENVELOPES[lie](answer)
    if lie in _WINNERS:
        for listing in _listings(answer):
            listing["winners"] = _WINNERS[lie](listing["winners"], asked)
    return answer


def _listings(answer: Json) -> Iterator[Json]:
    """Whatever has winners: v2's results, v1's slots."""
    yield from answer.get("results", ())
    yield from answer.get("slots", {}).values()


def _key_of(winner: Json) -> str:
    return "productId" if "productId" in winner else "id"


def _unknown_ids(winners: list[Json], asked: Sequence[str]) -> list[Json]:
    return [winner | {_key_of(winner): f"nobody-sent-{winner['rank']}"} for winner in winners]


def _too_many(winners: list[Json], asked: Sequence[str]) -> list[Json]:
    if not winners:
        return winners
    first, key = winners[0], _key_of(winners[0])
    return [first | {"rank": place, key: product} for place, product in enumerate(asked, 1)]


def _wrong_types(winners: list[Json], asked: Sequence[str]) -> list[Json]:
    wrongs = ({"rank": "first"}, {"id": 17, "productId": 17}, {"resolvedBidId": None}, {"rank": -1}, {"rank": 1e400})
    return [winner | wrongs[place % len(wrongs)] for place, winner in enumerate(winners)] + [None, "winner", []]  # type: ignore[list-item]


def _hostile(winners: list[Json], asked: Sequence[str]) -> list[Json]:
    bent = [winner | {"resolvedBidId": _EVIL[place % len(_EVIL)]} for place, winner in enumerate(winners)]
    return [*bent, *({**winner, _key_of(winner): evil} for winner in winners[:1] for evil in _EVIL)]


_WINNERS: Final[Mapping[str, Callable[[list[Json], Sequence[str]], list[Json]]]] = {
    "unknown-ids": _unknown_ids,
    "doubled": lambda winners, asked: [winner for winner in winners for _ in range(2)],
    "too-many-winners": _too_many,
    "wrong-order": lambda winners, asked: winners[::-1],
    "wrong-types": _wrong_types,
    "no-bid-ids": lambda winners, asked: [
        {key: value for key, value in winner.items() if key != "resolvedBidId"} for winner in winners
    ],
    "hostile": _hostile,
}

_ENVELOPES: Final[Mapping[str, Callable[[Json], Json]]] = {
    "error-flag": lambda answer: {
        part: [{**one, "winners": [], "error": True} for one in inside]
        if isinstance(inside, list)
        else {kind: {**one, "winners": [], "error": True} for kind, one in inside.items()}
        for part, inside in answer.items()
    },
    "too-few-results": lambda answer: {
        part: inside[:-1] if isinstance(inside, list) else {} for part, inside in answer.items()
    },
    "too-many-results": lambda answer: {
        part: inside + inside[-1:] if isinstance(inside, list) else inside | {"more": {}}
        for part, inside in answer.items()
    },
    "no-results": lambda answer: {},
}


@dataclass(frozen=True, slots=True)
class Bare:
    """Bytes for the wire, and how they go there.

    Attributes:
        head: status line and header lines, without the blank line that ends them.
        body: as it is sent.
        length: the Content-Length that is claimed; None claims the true one.
        pause: seconds between one byte of the body and the next; 0 sends it at once.
        end: "keep" the connection, "close" it, or "reset" it.
    """

    head: bytes
    body: bytes = b""
    length: int | None = None
    pause: float = 0.0
    end: str = "keep"

    @property
    def start(self) -> bytes:
        """All that stands before the body."""
        if not self.head:
            return b""
        length = len(self.body) if self.length is None else self.length
        return self.head + b"content-length: %d\r\n\r\n" % length


def bare(lie: str, truth: bytes) -> Bare | None:
    """How `lie` goes over the wire, where it is not `bend`'s. `truth` is the body that would have been sent."""
    if lie.isdigit():
        return _refusal(int(lie))
    make = _BARE.get(lie)
    return None if make is None else make(truth)


def failure(draw: float) -> Bare:
    """One of the ways in which a platform fails; `draw` is 0 to under 1."""
    return _refusal((500, 502, 503)[int(draw * 3)])


_CODES: Final[Mapping[int, tuple[str, ErrorCode]]] = {
    400: ("Bad Request", ErrorCode.BAD_REQUEST),
    401: ("Unauthorized", ErrorCode.INVALID_API_KEY),
    402: ("Payment Required", ErrorCode.BAD_REQUEST),
    403: ("Forbidden", ErrorCode.INVALID_API_KEY),
    404: ("Not Found", ErrorCode.BAD_REQUEST),
    405: ("Method Not Allowed", ErrorCode.BAD_REQUEST),
    408: ("Request Timeout", ErrorCode.INTERNAL_SERVER_ERROR),
    413: ("Content Too Large", ErrorCode.BAD_REQUEST),
    422: ("Unprocessable Content", ErrorCode.BAD_REQUEST),
    425: ("Too Early", ErrorCode.INTERNAL_SERVER_ERROR),
    429: ("Too Many Requests", ErrorCode.BAD_REQUEST),
    500: ("Internal Server Error", ErrorCode.INTERNAL_SERVER_ERROR),
}


def _refusal(status: int) -> Bare:
    if status not in _CODES:
        reason = b"Service Unavailable" if status == 503 else b"Bad Gateway"
        retry = b"retry-after: 2\r\n" if status == 503 else b""
        return Bare(b"HTTP/1.1 %d %s\r\ncontent-type: text/html\r\n%s" % (status, reason, retry), _HTML)
    reason_text, code = _CODES[status]
    retry = b"retry-after: 2\r\n" if status == 429 else b""
    head = b"HTTP/1.1 %d %s\r\ncontent-type: application/json\r\n%s" % (status, reason_text.encode(), retry)
    return Bare(head, write_error(code, "the sandbox was told to answer so"))


_HEAD: Final = b"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\n"


@cache
def _bomb() -> bytes:
    return gzip.compress(b'{"results":[' + b" " * (100 << 20) + b"]}", 9)


def _huge(truth: bytes) -> bytes:
    winner = b'{"rank":1,"type":"product","id":"p","resolvedBidId":"%s"},' % (b"x" * 1000)
    return b'{"results":[{"resultType":"listings","error":false,"winners":[' + winner * 8000 + b"null]}]}"


_BARE: Final[Mapping[str, Callable[[bytes], Bare]]] = {
    "empty": lambda truth: Bare(_HEAD),
    "null": lambda truth: Bare(_HEAD, b"null"),
    "not-json": lambda truth: Bare(_HEAD, truth[: len(truth) // 2]),
    "html": lambda truth: Bare(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n", _HTML),
    "deep": lambda truth: Bare(_HEAD, b'{"results":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "huge": lambda truth: Bare(_HEAD, _huge(truth)),
    "gzip": lambda truth: Bare(_HEAD + b"content-encoding: gzip\r\n", gzip.compress(truth)),
    "gzip-bomb": lambda truth: Bare(_HEAD + b"content-encoding: gzip\r\n", _bomb()),
    "truncated": lambda truth: Bare(_HEAD, truth[: len(truth) // 2], length=len(truth), end="close"),
    "wrong-length": lambda truth: Bare(_HEAD, truth, length=max(0, len(truth) - 10)),
    "slow-body": lambda truth: Bare(_HEAD, truth, pause=0.05),
    "hang": lambda truth: Bare(b"", b" ", pause=3600.0, end="close"),
    "reset": lambda truth: Bare(b"", end="reset"),
    "not-http": lambda truth: Bare(b"", b"SSH-2.0-OpenSSH_9.2\r\n", end="close"),
    "two-answers": lambda truth: Bare(_HEAD, truth + _HEAD + b"content-length: 2\r\n\r\n{}", length=len(truth)),
    "big-head": lambda truth: Bare(_HEAD + b"".join(b"x-%d: %s\r\n" % (n, b"y" * 1000) for n in range(256)), truth),
    "redirect": lambda truth: Bare(b"HTTP/1.1 307 Temporary Redirect\r\nlocation: /_sandbox/elsewhere\r\n"),
}


def dump(answer: Json) -> bytes:
    """A bent answer as JSON; `1e400` and half an emoji stay as they are."""
    return json.dumps(answer).replace("Infinity", "1e400").encode()
