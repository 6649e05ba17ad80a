from dataclasses import dataclass

import pytest

from proxy.cli.heads import about_status, hindrance

URL = "https://search.example/api/search?q=lamp"


@dataclass
class Head:
    raw_headers: tuple[tuple[bytes, bytes], ...]

    def header(self, name: bytes) -> bytes | None:
        return dict(self.raw_headers).get(name)


def fields(**given: str) -> Head:
    return Head(tuple((name.replace("_", "-").encode(), value.encode()) for name, value in given.items()))


@pytest.mark.parametrize(
    ("status", "head", "says"),
    [
        (301, fields(location="/there"), "redirects (301) to https://search.example/there; give that address"),
        (304, fields(), "redirects (304) to nowhere"),
        (401, fields(), "refuses this (401); send what your frontend sends, with --header"),
        (403, fields(), "refuses this (403)"),
        (404, fields(), "nothing there (404); give the address"),
        (405, fields(), "nothing there (405)"),
        (429, fields(retry_after="7"), "asked too often (429); try again after 7 seconds"),
        (429, fields(retry_after="Wed, 21 Oct 2026 07:28:00 GMT"), "try again later"),
        (422, fields(), "does not understand this (422); compare with what your frontend sends"),
        (204, fields(), "answered 204, and a sample is the 200"),
        (503, fields(), "answered 503, and a sample is the 200"),
    ],
)
def test_a_status_says_what_to_do(status: int, head: Head, says: str) -> None:
    assert says in about_status(status, head.header, URL)


@pytest.mark.parametrize(
    ("head", "body", "says"),
    [
        (fields(content_type="application/vnd.api+json"), b"{}", ""),
        (fields(content_type="text/xml; charset=utf-8"), b"<a/>", ""),
        (fields(content_type="text/xml"), b"{}", "Content-Type is text/xml"),
        (
            fields(content_type="text/plain"),
            b"{}",
            "Content-Type is text/plain, and ads are merged only into application/json",
        ),
        (fields(), b"<a/>", "Content-Type is missing, and ads are merged only into application/xml"),
        (fields(content_type="application/json; charset=latin1"), b"[]", "charset=latin1"),
        (fields(content_type="application/json", cache_control="public, No-Transform"), b"[]", "`no-transform`"),
    ],
)
def test_a_head_that_keeps_ads_out_says_so(head: Head, body: bytes, says: str) -> None:
    why = hindrance(head, body)  # type: ignore[arg-type]
    assert says in why
    assert bool(why) == bool(says)
