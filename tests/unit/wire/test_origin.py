"""proxy/wire/origin.py"""

import pytest

from proxy.wire.origin import Origin


@pytest.mark.parametrize(
    ("text", "host", "port", "base", "authority"),
    [
        ("http://search.example", "search.example", 80, "", b"search.example"),
        ("https://search.example/", "search.example", 443, "", b"search.example"),
        ("https://Search.Example:8443/base/", "search.example", 8443, "/base", b"search.example:8443"),
        ("http://[::1]:9200/x", "::1", 9200, "/x", b"[::1]:9200"),
        ("HTTP://10.0.0.1:80", "10.0.0.1", 80, "", b"10.0.0.1"),
        ("http://my_service:3000/a%20b", "my_service", 3000, "/a%20b", b"my_service:3000"),
    ],
)
def test_an_origin_is_read(text: str, host: str, port: int, base: str, authority: bytes) -> None:
    origin = Origin.parse(text)
    assert (origin.host, origin.port, origin.base_path, origin.authority) == (host, port, base, authority)
    assert origin.secure == text.lower().startswith("https")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "search.example",
        "ftp://search.example",
        "http://",
        "http://:80",
        "http://a:0",
        "http://a:",
        "http://a:65536",
        "http://a:b",
        "http://user@a",
        "http://user:secret@a",
        "http://a/?x",
        "http://a/?",
        "http://a/#x",
        "http://a b/",
        "http://a\t/",
        "http://a/\r\nX: y",
        "http://[::1",
        "http://[fe80::1%eth0]/",
        "http://bücher.example",
        "http://a..b",
        "http://-a",
        "http://" + "a" * 64,
        'http://a/"',
        "http://a/ä",
    ],
)
def test_what_is_no_origin_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Origin.parse(text)


def test_an_origin_reads_what_it_writes() -> None:
    for text in ("https://a.example:8443/base", "http://[::1]:81", "http://a"):
        assert str(Origin.parse(text)) == text
