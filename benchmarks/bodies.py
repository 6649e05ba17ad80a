"""Search responses as shops send them, their winners, and what a merged page must be. Pure.

All subjects do the same job on the same bytes: two items that stand further
down move to the top, each with `resolvedBidId` and `rank`. `is_merged` holds a
subject's answer against that before anything is measured.
"""

import json
import random
from typing import Any

SIZES = (12, 50, 400)
"""Kilobytes (of 1,000 bytes, within a tenth)."""

WINNERS = (7, 4)
"""Which items win, by their organic place from 0; the first has rank 1."""

COUNTS = (10, 100, 1000, 5000)
"""How many items there are on the pages that show how cost grows."""

_BRANDS = ("Aldergate", "Brightwater", "Corvane", "Dunmore & Sons", "Élan", "Fjordline")
_COLOURS = ("black", "white", "sea green", "terracotta", "navy")


def product(index: int, chance: random.Random) -> dict[str, Any]:
    """One item of about 950 bytes and twenty fields."""
    price = chance.randrange(499, 29999)
    return {
        "id": f"sku-{100000 + index}",
        "objectID": 7_000_000_000 + index,
        "name": f'{chance.choice(_BRANDS)} all-weather jacket, model {index} "Traveller"',
        "slug": f"all-weather-jacket-{index}",
        "brand": chance.choice(_BRANDS),
        "description": "Keeps rain and wind out, lets moisture out, and folds into its own pocket. " * 2,
        "price": {"amount": price / 100, "currency": "EUR", "list": (price + 1000) / 100, "unit": None},
        "availability": {"in_stock": index % 7 != 0, "quantity": chance.randrange(0, 400), "warehouse": "ams-2"},
        "rating": {"average": round(chance.uniform(2.5, 5.0), 2), "count": chance.randrange(0, 4000)},
        "categories": ["outdoor", "clothing", "jackets"],
        "images": [f"https://img.shop.example/p/{index}/{size}.webp" for size in ("s", "m", "l")],
        "colours": chance.sample(_COLOURS, 3),
        "seller": {"id": f"vendor-{index % 9}", "name": chance.choice(_BRANDS)},
        "badges": ["new"] if index % 5 == 0 else [],
        "shipping": {"free": index % 2 == 0, "days": [2, 4]},
        "weight": 0.45,
        "sponsorable": True,
        "created": "2026-03-14T09:26:53+01:00",
        "score": round(chance.uniform(0, 40), 6),
        "promotion": None,
    }


def page(kilobytes: int) -> bytes:
    """A search response of about this size; the same bytes each time."""
    chance = random.Random(kilobytes)
    products: list[dict[str, Any]] = []
    size = 600
    while size < kilobytes * 1000 or len(products) <= max(WINNERS):
        products.append(product(len(products), chance))
        size += len(_json(products[-1])) + 1
    envelope = {
        "query": "jacket",
        "total": 18231,
        "page": 1,
        "took_ms": 14,
        "facets": {"brand": [{"value": brand, "count": chance.randrange(1, 900)} for brand in _BRANDS]},
        "products": products,
        "next": "/search?q=jacket&page=2",
    }
    return _json(envelope)


def listing(count: int) -> bytes:
    """A search response of so many small items, with the same winners."""
    names = ("Jacket", "Coat", "Anorak")
    items = [
        {"id": f"sku-{100000 + index}", "name": f"{names[index % 3]} {index}", "price": 19.9, "tags": ["new", "rain"]}
        for index in range(count)
    ]
    return _json({"total": count, "products": items})


def winner_ids(body: bytes) -> list[str]:
    """The ids that the ad platform names, rank 1 first."""
    products = json.loads(body)["products"]
    return [products[place]["id"] for place in WINNERS]


def auction_answer() -> bytes:
    """The ad platform's answer (the first items of every page are the same, so one answer serves all)."""
    ids = winner_ids(page(SIZES[0]))
    winners = [
        {"rank": rank, "type": "product", "id": id_, "resolvedBidId": bid(id_), "campaignId": f"campaign-{rank}"}
        for rank, id_ in enumerate(ids, start=1)
    ]
    return _json({"results": [{"resultType": "listings", "winners": winners, "error": False}]})


def bid(id_: str) -> str:
    """A sealed bid, as long as real ones are."""
    return f"ChAGX7uWm5Z3sL2d0EHfYQ9xEhAGX7uWm9R5rb3Gk2VqY3uPGhABkz{id_}AeTn4Jd8c0nqVbIsFzUKb2oIc2VhcmNoOjE".replace(
        "-", ""
    )


def merged(body: bytes) -> Any:
    """What the shopper must get, decoded."""
    answer = json.loads(body)
    products = answer["products"]
    ads = [
        products[place] | {"resolvedBidId": bid(products[place]["id"]), "rank": rank}
        for rank, place in enumerate(WINNERS, start=1)
    ]
    answer["products"] = ads + [item for place, item in enumerate(products) if place not in WINNERS]
    return answer


def is_merged(body: bytes, answer: bytes) -> bool:
    """Whether `answer` is `body` with the two winners on top, tagged, and nothing else changed."""
    try:
        return bool(json.loads(answer) == merged(body))
    except ValueError:
        return False


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
