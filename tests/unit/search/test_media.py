"""Which media types hold listings."""

import pytest

from proxy.search.media import is_json, is_xml


@pytest.mark.parametrize(
    ("content_type", "is_it"),
    [
        (b"application/json", True),
        (b"Application/JSON; charset=UTF-8", True),
        (b'application/vnd.shop+json; charset="utf-8"', True),
        (b"application/json; charset=utf-16", False),
        (b"application/jsonp", False),
        (b"text/json", False),
        (b"", False),
        (None, False),
    ],
)
def test_json_is_application_json_and_its_relatives_in_utf_8(content_type: bytes | None, is_it: bool) -> None:
    assert is_json(content_type) is is_it


@pytest.mark.parametrize(
    ("content_type", "is_it"),
    [
        (b"application/xml", True),
        (b"text/xml; charset=UTF-8", True),
        (b"application/atom+xml", True),
        (b"application/xml; charset=iso-8859-1", False),
        (b"text/html", False),
        (b"application/json", False),
        (None, False),
    ],
)
def test_xml_is_xml_and_its_relatives_in_utf_8(content_type: bytes | None, is_it: bool) -> None:
    assert is_xml(content_type) is is_it
