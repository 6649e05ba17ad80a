"""Which answers are read at all, and what a body is without its coding."""

import gzip
from dataclasses import dataclass, field

import pytest

from proxy.errors import NoAds
from proxy.reasons import Reason
from proxy.search.headers import first
from proxy.search.organic import Organic, is_json, why_unreadable

JSON = (b"Content-Type", b"application/json")


@dataclass
class AResponse:
    raw_headers: list[tuple[bytes, bytes]] = field(default_factory=lambda: [JSON])
    status: int = 200
    length: int | None = None

    def header(self, name: bytes) -> bytes | None:
        return first(self.raw_headers, name)


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (AResponse(), None),
        (AResponse(status=404), Reason.NOT_OK),
        (AResponse(status=206), Reason.NOT_OK),
        (AResponse([]), Reason.NOT_A_LISTING),
        (AResponse([(b"content-type", b"text/html")]), Reason.NOT_A_LISTING),
        (AResponse([JSON, (b"Cache-Control", b"max-age=60, no-transform")]), Reason.NO_TRANSFORM),
        (AResponse(length=1000), None),
        (AResponse(length=1001), Reason.TOO_LARGE),
        (AResponse([JSON, (b"Content-Encoding", b"gzip")]), None),
        (AResponse([JSON, (b"Content-Encoding", b"x-foo")]), Reason.NOT_A_LISTING),
        (AResponse([JSON, (b"Content-Encoding", b"gzip"), (b"Content-Encoding", b"br")]), Reason.NOT_A_LISTING),
    ],
)
def test_an_answer_is_judged_by_its_head(response: AResponse, reason: Reason | None) -> None:
    assert why_unreadable(response, 1000) is reason  # type: ignore[arg-type]


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


def an_organic(body: bytes, coding: bytes) -> Organic:
    return Organic(AResponse([JSON, (b"Content-Encoding", coding)]), body, whole=True)  # type: ignore[arg-type]


def test_a_body_is_read_without_its_coding() -> None:
    assert an_organic(gzip.compress(b"{}"), b"gzip").text(100) == b"{}"


@pytest.mark.parametrize(
    ("body", "reason"), [(gzip.compress(b"x" * 101), Reason.TOO_LARGE), (b"not gzip", Reason.NOT_A_LISTING)]
)
def test_a_body_that_cannot_be_read_is_a_reason(body: bytes, reason: Reason) -> None:
    with pytest.raises(NoAds) as none:
        an_organic(body, b"gzip").text(100)
    assert none.value.reason is reason
