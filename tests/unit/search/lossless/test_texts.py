import re

import msgspec
import pytest
from msgspec import UNSET

from proxy.search.lossless.texts import matched, text_of, texts, unwrapped


def raws(*values):
    return [msgspec.Raw(value) for value in values]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"1.0", "1.0"),
        (b"1e5", "1e5"),
        (b"-0", "-0"),
        (b"123456789012345678901234567890", "123456789012345678901234567890"),
        (b'"a"', "a"),
        (b'"a\\u00e9\\/\\n"', "aé/\n"),
        ('"é😀"'.encode(), "é😀"),
        (b'"007"', "007"),
        (b'""', None),
        (b"null", None),
        (b"true", None),
        (b"{}", None),
        (b'["a"]', None),
    ],
)
def test_an_id_is_the_text_that_is_written(written, read):
    assert text_of(msgspec.Raw(written)) == read
    for others in [(), (b'"x"',), (b"12",), (b"null",), (b'"\\\\"', b"1")]:
        assert texts(raws(written, *others))[0] == read
        assert texts(raws(*others, written))[-1] == read


def test_an_item_without_an_id_has_none():
    assert texts([UNSET, *raws(b"1")]) == [None, "1"]
    assert texts([]) == []


def test_a_pattern_takes_its_group_and_what_it_does_not_match_has_no_id():
    pattern = re.compile("gid://shopify/Product/(.+)")
    assert matched(["gid://shopify/Product/7", "x", None, "gid://shopify/Product/"], pattern) == ["7", None, None, None]
    assert matched(["a-1"], re.compile("(x)|a")) == [None]


def test_a_global_id_in_base64_is_matched_by_what_it_says():
    pattern = re.compile("^Product:(.+)")
    assert matched(["UHJvZHVjdDo3Mg==", "Product:7", "Q2F0ZWdvcnk6MQ==", "72", "=", "/w=="], pattern) == [
        "72",
        "7",
        None,
        None,
        None,
        None,
    ]
    old_shopify = "Z2lkOi8vc2hvcGlmeS9Qcm9kdWN0LzEyMw=="
    assert matched([old_shopify], re.compile("^gid://shopify/Product/([0-9]+)")) == ["123"]
    assert unwrapped("grüße") == unwrapped("no base64!") == ""
