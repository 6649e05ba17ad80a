"""The key, and the one place in which it stands: the head of a call. Pure.

All of the head but the length, which comes last, is made once for each key.
Nothing here shows the key when printed, and whatever the ad platform says goes
through `safe` (or, whole, through `safe_json`) before anybody reads it.
"""

import msgspec


class Bearer:
    """A key and its head.

    Args:
        key: the ad platform's key.
        target: the path to post to ("/v2/auctions").
        authority: the value of `Host`.
        agent: the value of `User-Agent`.

    Raises:
        ValueError: the key is empty or cannot stand in a header; the message does not repeat it.
    """

    __slots__ = ("_head", "_key")

    def __init__(self, key: str, target: str, authority: str, agent: str) -> None:
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            raise ValueError("the key is empty, or holds what cannot stand in a header")
        lines = (
            f"POST {target} HTTP/1.1",
            f"Host: {authority}",
            f"User-Agent: {agent}",
            f"Authorization: Bearer {key}",
            "Accept: application/json",
            "Content-Type: application/json",
            "Content-Length: ",
        )
        self._key = key
        self._head = "\r\n".join(lines).encode("ascii")

    def __repr__(self) -> str:
        return "Bearer(***)"

    def has(self, key: str) -> bool:
        """Whether this is the head of `key`."""
        return key == self._key

    def head(self, length: int) -> bytes:
        """The whole head of a call whose body has `length` bytes."""
        return b"%b%d\r\n\r\n" % (self._head, length)

    def safe(self, said: str) -> str:
        """What the ad platform said, in words that do not hold the key, should it have repeated it."""
        return said.replace(self._key, "***")

    def safe_json(self, body: bytes) -> bytes | None:
        """An answer's body as it may be handed to a browser; None where it is not JSON.

        What is written in escapes is spelled out first, so that no key hides in them. The rest keeps its bytes.
        """
        try:
            value = msgspec.json.decode(body)
        except (ValueError, RecursionError):
            return None
        told = msgspec.json.encode(value) if b"\\" in body else body
        return told.replace(msgspec.json.encode(self._key)[1:-1], b"***")
