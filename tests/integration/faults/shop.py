"""A shop for the fault tests: its search page, its rule, an ad platform in good health, and what organic means."""

import json
from collections.abc import Sequence

from tests.integration.faults.shopper import Answer
from tests.integration.faults.stage import Exchange, Headers

IDS = [f"p{number}" for number in range(1, 11)]

BUDGET = 0.15
"""`auction.timeout` of the rule, in seconds."""

RULE = """\
page: search
match: {path: /api/search, methods: [GET, POST]}
products: {list: $.products, id: $.id}
auction: {slots: 2, search_query: query.q, timeout: 150ms}
layout: {place: top}
"""

PATIENT_RULE = RULE.replace("150ms", "5s")
"""For tests in which time is not the subject: no page is `too_late`, however busy the machine."""


def _item(id_: str) -> str:
    # What a parser and a printer would not give back: escapes, number forms, a 20-digit number, a key that stands twice.
    return (
        f'{{"id": "{id_}", "name":"Caf\\u00e9 \\/ {id_}", "price": 19.90, "e": 1e5, "n": 12345678901234567890, '
        f'"a": 1.0, "a" : 2,  "nested": {{"x": [1, 2,3]}}, "text": "é ✓"}}'
    )


PAGE = ('{"total": 10.0 , "products": [' + " ,\n ".join(_item(id_) for id_ in IDS) + '], "next":null}\n').encode()

PAGE_HEADERS: Headers = [
    ("Content-Type", "application/json; charset=utf-8"),
    ("ETag", '"v1-abc"'),
    ("Last-Modified", "Mon, 02 Nov 2026 10:00:00 GMT"),
    ("Cache-Control", "public, max-age=60, s-maxage=600"),
    ("Surrogate-Control", "max-age=600"),
    ("CDN-Cache-Control", "max-age=600"),
    ("Surrogate-Key", "search all"),
    ("Set-Cookie", "a=1; Path=/"),
    ("Set-Cookie", "b=2; Path=/"),
    ("Vary", "Accept-Language"),
    ("X-Shop", "one"),
    ("x-weird-Case", ""),
    ("Server", "shop/1"),
]

_FOR_SHARED_CACHES = {"surrogate-control", "cdn-cache-control", "surrogate-key"}
_OURS = {"sponsored-status", "server-timing", "via", "date", "connection", "keep-alive"}


async def search(exchange: Exchange) -> None:
    """The marketplace in good health."""
    await exchange.answer(PAGE, headers=PAGE_HEADERS)


def winners(*ids: str) -> bytes:
    """An auction's answer with these winners."""
    listed = [
        {"rank": rank, "type": "product", "id": id_, "resolvedBidId": f"bid-{id_}", "campaignId": f"campaign-{id_}"}
        for rank, id_ in enumerate(ids, start=1)
    ]
    return results({"resultType": "listings", "winners": listed, "error": False})


def results(*each: object) -> bytes:
    """An auction's answer with these results."""
    return json.dumps({"results": each}).encode()


async def two_winners(exchange: Exchange) -> None:
    """The ad platform in good health: p4 before p2."""
    await exchange.answer(winners("p4", "p2"), status="201 Created")


def organic_faults(answer: Answer, page: bytes = PAGE, headers: Headers = PAGE_HEADERS) -> list[str]:
    """Everything in which an answer is not the organic page of a matched request; empty where it is."""
    faults = []
    if answer.status != 200 or not answer.complete:
        faults.append(f"status {answer.status}, complete {answer.complete}")
    if answer.body != page:
        faults.append(f"the body differs: {answer.body[:200]!r}")
    kept = [(name, value) for name, value in headers if name.lower() not in _FOR_SHARED_CACHES | {"cache-control"}]
    got = [
        (name, value)
        for name, value in answer.headers
        if name.lower() not in _OURS | {"content-length", "transfer-encoding", "cache-control"}
    ]
    if got != kept:
        faults.append(f"headers {got} instead of {kept}")
    cache = {word.strip() for word in (answer.header("cache-control") or "").split(",")}
    if cache != {"max-age=60", "private"}:
        faults.append(f"Cache-Control {sorted(cache)}")
    return faults


def merged_faults(answer: Answer, *top: str) -> list[str]:
    """Everything in which an answer is not the page with these winners on top; empty where it is."""
    faults = []
    if answer.status != 200 or not answer.complete:
        return [f"status {answer.status}, complete {answer.complete}"]
    products = json.loads(answer.body)["products"]
    ids = [product["id"] for product in products]
    if ids != [*top, *(id_ for id_ in IDS if id_ not in top)]:
        faults.append(f"ids {ids}")
    tags = [(product.get("resolvedBidId"), product.get("rank")) for product in products[: len(top)]]
    if tags != [(f"bid-{id_}", rank) for rank, id_ in enumerate(top, start=1)]:
        faults.append(f"tags {tags}")
    if answer.header("cache-control") != "private, no-store":
        faults.append(f"Cache-Control {answer.header('cache-control')}")
    return faults


def reasons(answers: Sequence[Answer]) -> list[str]:
    """Which reasons there were, in the order in which each came first."""
    return list(dict.fromkeys(answer.reason for answer in answers))


def p99(answers: Sequence[Answer]) -> float:
    """The 99th percentile of what shoppers waited, in seconds."""
    return sorted(answer.seconds for answer in answers)[max(0, round(len(answers) * 0.99) - 1)]
