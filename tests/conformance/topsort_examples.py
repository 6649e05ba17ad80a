"""Small messages as the vendor's OpenAPI files (Apache 2.0) give them: facts, not ours to change."""

from typing import Any

BID = "WyJiX01mazE1IiwiMTJhNTU4MjgtOGVhZC00Mjk5LTgzMjctY2ViYjAwMmEwZmE4IiwibGlzdGluZ3MiLCJkZWZhdWx0IiwiIl0="
OUTSIDE_BID = "WyJiX1BKYm5OIiwiY3JpdGVvIiwiQ1BDIiwibGlzdGluZ3MiXQ=="
CAMPAIGN = "4bcc6093-f367-4df2-aa1b-7c1674dd6441"
USER = "71303ce0-de89-496d-8270-6434589615e8"


def _outside(product: str, amount: float, url: str) -> dict[str, Any]:
    return {
        "chargeType": "CPC",
        "entity": {"type": "product", "id": product},
        "bidAmount": amount,
        "metadata": {"clickUrl": url},
    }


V2_QUESTIONS: dict[str, dict[str, Any]] = {
    "basic listings": {"auctions": [{"type": "listings", "slots": 2, "products": {"ids": ["p_PJbnN", "p_ojng4"]}}]},
    "listings with a place": {
        "auctions": [
            {
                "type": "listings",
                "slots": 2,
                "products": {"ids": ["p_PJbnN", "p_ojng4", "p_8VKDt", "p_Mfk15"]},
                "geoTargeting": {"location": "New York"},
            }
        ]
    },
    "banners of a category": {
        "auctions": [
            {"type": "banners", "slots": 1, "slotId": "categories-ribbon-banner", "category": {"id": "c_yogurt"}}
        ]
    },
    "external demand": {
        "auctions": [
            {
                "type": "listings",
                "slots": 3,
                "products": {"ids": ["p_PJbnN", "p_ojng4", "p_8VKDt"]},
                "demandSources": [
                    {
                        "source": "criteo",
                        "bids": [
                            _outside("p_PJbnN", 0.5, "https://example.com/click"),
                            _outside("p_ojng4", 0.35, "https://example.com/product/ojng4"),
                        ],
                    }
                ],
            }
        ]
    },
}

BRAND_QUESTIONS: dict[str, dict[str, Any]] = {
    "products": {
        "auctions": [
            {"winners": 2, "placementId": "some-placement", "triggers": {"products": {"ids": ["vanilla_yogurt"]}}}
        ]
    },
    "category": {
        "auctions": [
            {
                "winners": 2,
                "placementId": "some-placement",
                "triggers": {"category": {"id": "c_yogurt"}},
                "geoTargeting": {"location": "New York"},
                "opaqueUserId": "user-123",
            }
        ]
    },
    "words": {
        "auctions": [
            {
                "winners": 2,
                "placementId": "some-placement",
                "triggers": {"searchQuery": "vanilla yogurt"},
                "geoTargeting": {"location": "New York"},
                "opaqueUserId": "user-123",
            }
        ]
    },
}

BANNER_ASSET = [
    {
        "url": "https://topsort.cdnprovider.com/lhs-banner-image-for-p_PJbnN-1x.png",
        "content": {
            "headingText": "A banner for Topsort with a product image and a shop now button",
            "bannerText": "Topsort has the best tech!",
            "bannerTextColour": "48a94c",
            "heroImage": "https://assets.imageurl.io/s/85d2d333-eed5-44d7-b131-8851d59f0574",
            "heroImageAltText": "Topsort product image",
        },
    }
]


def _winner(rank: int, product: str, bid: str = BID, **more: Any) -> dict[str, Any]:
    return {"rank": rank, "type": "product", "id": product, "resolvedBidId": bid, **more}


def _result(kind: str, *winners: dict[str, Any]) -> dict[str, Any]:
    return {"resultType": kind, "winners": list(winners), "error": False}


V2_ANSWERS: dict[str, dict[str, Any]] = {
    "listings and banners": {
        "results": [
            _result("listings", _winner(1, "p_Mfk11", campaignId="82588593-85c5-47c0-b125-07e315b7f2b3")),
            _result(
                "listings",
                _winner(1, "p_Mfk15", campaignId=CAMPAIGN),
                _winner(2, "p_PJbnN", campaignId="a72e4e43-55b5-4d08-81bb-cbb57df59c72"),
            ),
            _result(
                "banners",
                _winner(1, "p_PJbnN", campaignId="1156ef4e-0109-4190-ac97-4436c82358d2", asset=BANNER_ASSET),
            ),
        ]
    },
    "no winners": {"results": [_result("listings")]},
    "external demand": {
        "results": [
            _result(
                "external_demand_listings",
                _winner(
                    1,
                    "p_PJbnN",
                    OUTSIDE_BID,
                    demandSource="criteo",
                    metadata={"clickUrl": "https://example.com/click"},
                ),
                _winner(2, "p_Mfk15", demandSource="topsort", campaignId=CAMPAIGN),
            )
        ]
    },
    "a sponsored brand": {
        "results": [
            _result(
                "brand", _winner(1, "brand-123", content={"headline": "Topsort Rocks", "brandName": "Topsort Brand"})
            )
        ]
    },
}

V1_QUESTION = {
    "slots": {"listings": 2},
    "products": [
        {"productId": "p_SA0238", "quality": 0.75},
        {"productId": "p_SA0250", "quality": 0.9},
        {"productId": "p_SA0259", "quality": 0.7},
    ],
}
V1_ANSWER = {
    "slots": {
        "listings": {
            "auctionId": "AKFU78",
            "winners": [
                {
                    "rank": 1,
                    "productId": "pSA0238",
                    "winnerType": "product",
                    "winnerId": "b_Mfk15",
                    "resolvedBidId": BID,
                }
            ],
        }
    }
}

_SEEN = {
    "opaqueUserId": USER,
    "placement": {"path": "/categories/dairy", "position": 1, "page": 1, "pageSize": 15, "categoryIds": ["9BLIe"]},
    "resolvedBidId": BID,
    "deviceType": "mobile",
}
V2_EVENTS: dict[str, dict[str, Any]] = {
    "impressions": {
        "impressions": [
            {
                "id": "eb874c98-bf4d-40a9-ae6d-fcf4cecb535c",
                "occurredAt": "2019-01-01T12:59:59-05:00",
                "channel": "onsite",
                **_SEEN,
            }
        ]
    },
    "clicks": {
        "clicks": [
            {
                "id": "b39d39ed-ea0e-4059-9d15-4990b39c85a2",
                "occurredAt": "2019-01-01T13:01:42-05:00",
                "channel": "offsite",
                **_SEEN,
            }
        ]
    },
    "purchases": {
        "purchases": [
            {
                "id": "0e06c899-b2cd-4e0d-b0de-8aefb4b6d0a0",
                "items": [
                    {"productId": "p_SA0238", "unitPrice": 12.95, "quantity": 2, "vendorId": "v_8fj2D"},
                    {"productId": "p_oajf2D", "unitPrice": 1.49},
                ],
                "occurredAt": "2019-01-01T12:59:59-05:00",
                "opaqueUserId": USER,
                "deviceType": "desktop",
                "channel": "onsite",
            }
        ]
    },
    "pageviews": {
        "pageviews": [
            {
                "id": "8f648a8e-830c-4bb4-9d93-6ea80075ca82",
                "occurredAt": "2019-01-01T12:59:58-05:00",
                "opaqueUserId": USER,
                "page": {"type": "category", "pageId": "/categories/dairy", "value": "dairy"},
                "deviceType": "mobile",
                "channel": "onsite",
            }
        ]
    },
}

V1_EVENTS: dict[str, dict[str, Any]] = {
    "click": {
        "eventType": "Click",
        "session": {"sessionId": "ebeaf802-6d0a-41a3-ae59-661887c4f6cb"},
        "placement": {"page": "Search-page", "location": "listing-1"},
        "resolvedBidId": BID,
    },
    "impression": {
        "eventType": "Impression",
        "session": {"sessionId": "ebeaf802-6d0a-41a3-ae59-661887c4f6cb"},
        "occurredAt": "2022-01-23T12:34:56-05:00",
        "impressions": [
            {
                "placement": {"page": "Search-page", "location": "listing-1"},
                "resolvedBidId": BID,
                "id": "234f678-f90c",
            },
            {"placement": {"page": "Search-page", "location": "listing-2"}, "resolvedBidId": BID},
        ],
    },
    "purchase": {
        "eventType": "Purchase",
        "session": {"sessionId": "ebeaf802-6d0a-41a3-ae59-661887c4f6cb"},
        "id": "o:567-123",
        "purchasedAt": "2021-10-12T07:20:50.52Z",
        "items": [{"productId": "p_SA0238", "unitPrice": 1295, "resolvedBidId": BID}],
    },
}
