"""Segment's write keys and the webhook's secret: read from a file's bytes, shown nowhere. Pure.

Neither is in a `repr` or an error. They are compared in constant time, and all
keys are looked at however early one fits.
"""

import hmac
from collections.abc import Iterable, Sequence

from proxy.events.taking.segment.signature import is_signed


class WriteKeys:
    """The keys that are taken."""

    __slots__ = ("_keys",)

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = [key.encode() for key in keys]

    def __repr__(self) -> str:
        return f"WriteKeys({len(self._keys)} hidden)"

    def __reduce__(self) -> str:
        raise TypeError("keys are not pickled")

    def know(self, given: Iterable[str]) -> bool:
        """Whether one of what a sender gave is a key of ours."""
        tried = [text.encode("utf-8", "replace") for text in given]
        return any([hmac.compare_digest(key, text) for text in tried for key in self._keys])  # noqa: C419


class Secret:
    """What Segment and we share, to sign with."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Secret(hidden)"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled")

    def signed(self, body: bytes, signature: str) -> bool:
        """Whether the body was signed with it (`signature.is_signed`)."""
        return is_signed(body, signature, self._text)


def read_keys(raw: bytes) -> WriteKeys:
    """The keys in a file's bytes, one a line; lines without a letter do not count.

    Raises:
        ValueError: there is none, or a line is no key; the message never repeats it.
    """
    lines = [line.strip() for line in raw.decode("utf-8-sig", "replace").splitlines()]
    for number, line in enumerate(lines, 1):
        if line and not _can_be_sent(line):
            raise ValueError(f"line {number} is no write key; put one key on each line, and nothing beside it")
    if not any(lines):
        raise ValueError("it holds no write key; put one on each line")
    return WriteKeys([line for line in lines if line])


def read_secret(raw: bytes) -> Secret:
    """The secret in a file's bytes.

    Raises:
        ValueError: it is empty, or more than a line; the message never repeats it.
    """
    text = raw.decode("utf-8-sig", "replace").strip()
    if not text or "\n" in text or not text.isprintable():
        raise ValueError("it holds no secret, or more than one; put it there alone, on one line")
    return Secret(text)


def _can_be_sent(key: str) -> bool:
    # A colon would end the user name of HTTP Basic (RFC 7617).
    return key.isascii() and key.isprintable() and " " not in key and ":" not in key
