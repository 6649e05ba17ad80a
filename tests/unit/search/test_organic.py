"""Which answers are read at all, and what a body is without its coding."""

import gzip
from dataclasses import dataclass, field

import pytest

from proxy.errors import NoAds
from proxy.reasons import Reason
from proxy.search.headers import first
from proxy.search.listing import Page
from proxy.search.media import is_json
from proxy.search.organic import Organic, why_unreadable
from proxy.search.plan import Plan
from tests.builders import a_rule

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
    assert why_unreadable(response, 1000, is_json) is reason  # type: ignore[arg-type]


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


class Remembered:
    """What was read before, by plan."""

    def __init__(self) -> None:
        self.pages: dict[Plan, Page] = {}

    def page_of(self, plan: Plan) -> Page | None:
        return self.pages.get(plan)

    def remember(self, plan: Plan, page: Page) -> None:
        self.pages[plan] = page


def test_what_was_read_of_a_kept_answer_is_not_read_again() -> None:
    body, plan, readings = b'{"products":[{"id":"p1"}]}', Plan(a_rule()), Remembered()
    kept = Organic(AResponse(), body, whole=True, readings=readings)  # type: ignore[arg-type]
    page = kept.page(plan, 100)
    assert page.listings[0].ids == ["p1"]
    assert kept.page(plan, 100) is page
    assert kept.page(Plan(a_rule(id="$.sku")), 100) is not page
    assert Organic(AResponse(), body, whole=True).page(plan, 100) is not page  # type: ignore[arg-type]
