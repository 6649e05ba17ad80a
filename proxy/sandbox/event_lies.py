"""What can go wrong with a report of events, as bytes for the wire. Pure.

A delivery's worst case is not a refusal but an answer that is missing: nobody
knows then whether the events were stored. So each lie is told either `before`
anything is done, or `after` everything was stored. Words for each stand in
`behaviour.py`; most of them are the same lies that auctions know (`lies.py`).
"""

from dataclasses import dataclass
from email.utils import formatdate

from proxy.sandbox.lies import Bare, bare

_WAIT = 2.0
ELSEWHERE = "/_sandbox/elsewhere"


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a lie is told: at which host and port, and when (seconds since 1970)."""

    host: str
    port: int
    wall: float


def before(lie: str, scene: Scene) -> Bare | None:
    """What is answered instead of doing anything; None where the lie comes after, or is the truth."""
    if lie == "close":
        return Bare(b"", end="close")
    if lie == "429-date":
        return _with_header(bare("429", b""), f"retry-after: {formatdate(scene.wall + _WAIT, usegmt=True)}")
    if lie == "redirect-host":
        other = "127.0.0.1" if scene.host == "localhost" else "localhost"
        location = f"location: http://{other}:{scene.port}{ELSEWHERE}"
        return Bare(f"HTTP/1.1 307 Temporary Redirect\r\n{location}\r\n".encode())
    return None if lie.endswith("-after") else bare(lie, b"")


def after(lie: str) -> Bare | None:
    """What is answered when all is stored; None where that is the truth."""
    if not lie.endswith("-after"):
        return None
    if lie == "close-after":
        return Bare(b"", end="close")
    return bare(lie.removesuffix("-after"), b"")


def _with_header(answer: Bare | None, line: str) -> Bare:
    """`answer`, with `line` in place of the line of that name."""
    assert answer is not None
    name = line.partition(":")[0].encode()
    kept = [one for one in answer.head.split(b"\r\n") if not one.startswith(name)]
    return Bare(b"\r\n".join([*kept[:-1], line.encode(), b""]), answer.body)
