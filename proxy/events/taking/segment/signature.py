"""Whether a webhook's request was signed by Segment. Pure.

`X-Signature` is the hex HMAC-SHA1 of `JSON.stringify(body)`, or of the first
event alone where the body is an array. What arrives is nearly always that very
text; where something on the way has written the JSON anew, we write it as
JavaScript would. Signatures are compared in constant time.
Source: Segment's documentation of its webhook destinations.
"""

import hmac
import json
from collections.abc import Iterator

from proxy.events.taking.segment.javascript import rewritten


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether the signature is the body's.

    Args:
        body: the request's, decoded.
        signature: the value of `X-Signature`; "" where there is none.
        secret: what Segment and we share.
    """
    given = signature.strip().lower().encode("utf-8", "replace")
    # One after the other: what is signed is no secret, only the signature is.
    return any(hmac.compare_digest(_signature(text, secret), given) for text in _signable(body))


def _signature(text: bytes, secret: str) -> bytes:
    return hmac.new(secret.encode(), text, "sha1").hexdigest().encode()


def _signable(body: bytes) -> Iterator[bytes]:
    """The texts that may have been signed."""
    try:
        text = body.decode("utf-8-sig")
        first = _first_of(text)
        yield first.encode()
        yield rewritten(first).encode()
    except (ValueError, RecursionError):
        return


def _first_of(text: str) -> str:
    """The first value of an array, as it is written; the whole text where it is none."""
    text = text.strip()
    if not text.startswith("["):
        return text
    start = len(text) - len(text[1:].lstrip())
    return text[start : json.JSONDecoder().raw_decode(text, start)[1]]
