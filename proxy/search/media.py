"""Which media types hold listings. Pure."""

from functools import lru_cache
from typing import Final

_XML: Final = frozenset((b"application/xml", b"text/xml"))
_UTF_8: Final = frozenset((b"", b"utf-8", b"utf8", b"us-ascii"))


@lru_cache(maxsize=256)
def is_json(content_type: bytes | None) -> bool:
    """`application/json` or any `+json` (RFC 6839), in UTF-8, with whatever other parameters."""
    media, charset = _read(content_type)
    return (media == b"application/json" or media.endswith(b"+json")) and charset in _UTF_8


@lru_cache(maxsize=256)
def is_xml(content_type: bytes | None) -> bool:
    """`application/xml`, `text/xml` or any `+xml` (RFC 7303), in UTF-8, with whatever other parameters."""
    media, charset = _read(content_type)
    return (media in _XML or media.endswith(b"+xml")) and charset in _UTF_8


def _read(content_type: bytes | None) -> tuple[bytes, bytes]:
    """Media type and charset, in lower case."""
    media, _, parameters = (content_type or b"").lower().partition(b";")
    charset = parameters.partition(b"charset=")[2].partition(b";")[0].strip(b'" ')
    return media.strip(), charset
