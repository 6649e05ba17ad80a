"""What a call says, in the ad platform's fields. Pure.

Each field as Segment's own destination for Topsort fills it; what that reads as
text or as a number may be written as the other, as there. What is null says
nothing, and what has no field here is not told on.
"""

from hashlib import sha256
from typing import Final

import msgspec

from proxy.events.taking.segment.calls import Json
from proxy.events.taking.segment.device import device_type
from proxy.events.taking.segment.values import as_json, inside, merged, number_of, rfc3339, text_of, whole_number_of

_OF_ALL: Final = ("channel", "externalVendorId", "externalCampaignId", "dspMetadata", "dsp_metadata", "page")
"""What a list of products says of each of them."""
_ABOUT: Final = (
    *("resolvedBidId", "additionalAttribution", "entity", "object"),
    *("externalVendorId", "externalCampaignId"),
)
"""What says whose impression or click it is; one with none of them is about nothing."""


def common(said: Json, properties: Json, now: str) -> Json:
    """What events of every kind have."""
    context = inside(said, "context")
    moment = _moment(said, now)
    event = {
        "id": text_of(said.get("messageId")) or _id_of(said, moment),
        "occurredAt": moment,
        "opaqueUserId": _user(said),
        "deviceType": device_type(inside(context, "device").get("type")),
        "channel": text_of(properties.get("channel")),
        "page": _page(inside(context, "page"), properties),
    }
    return {name: value for name, value in event.items() if value not in (None, {})}


def interaction(said: Json, properties: Json, now: str) -> tuple[Json, str]:
    """An impression or a click, and why it is none."""
    event = {
        **common(said, properties, now),
        "resolvedBidId": text_of(properties.get("resolvedBidId")),
        "additionalAttribution": properties.get("additionalAttribution"),
        "entity": properties.get("entity"),
        "object": properties.get("object"),
        "externalVendorId": text_of(properties.get("externalVendorId")),
        "externalCampaignId": text_of(properties.get("externalCampaignId")),
        "placement": _placement(said, properties),
        "dsp_metadata": _metadata(properties),
    }
    product = text_of(properties.get("product_id")) or text_of(properties.get("productId"))
    if product and not any(event[name] for name in _ABOUT):
        event["entity"] = {"type": "product", "id": product}
    event = {name: value for name, value in event.items() if value not in (None, {}, "")}
    return event, "" if any(name in event for name in _ABOUT) else "no_product"


def _user(said: Json) -> str | None:
    """The shopper: the `anonymousId`, or a hash of the `userId`, since the ad platform is told no names."""
    user = text_of(said.get("userId"))
    return text_of(said.get("anonymousId")) or (sha256(user.encode()).hexdigest() if user else None)


def _placement(said: Json, properties: Json) -> Json:
    path = text_of(inside(inside(said, "context"), "page").get("path"))
    first = {"path": path or None, "position": whole_number_of(said.get("position"))}
    return merged(first, inside(properties, "placement"))


def of_product(properties: Json, product: Json) -> Json:
    """What a list says of one of its products, as if the product stood alone.

    What the list says of all counts where the product is silent. Where it stands, the list says first, then the
    product's own position, then its own placement.
    """
    own = {"position": whole_number_of(product.get("position"))}
    placement = merged(inside(properties, "placement"), own, inside(product, "placement"))
    shared = {name: properties.get(name) for name in _OF_ALL}
    return {**merged(shared, product), "placement": placement}


def _page(page: Json, properties: Json) -> Json:
    return merged({"value": text_of(page.get("title")) or None}, inside(properties, "page"))


def _metadata(properties: Json) -> Json:
    """What an advertiser's own platform wants to know, as text."""
    given = inside(properties, "dspMetadata") or inside(properties, "dsp_metadata")
    texts = {
        name: as_json(value) if isinstance(value, dict | list) else text_of(value) for name, value in given.items()
    }
    return merged(texts)


def item_of(product: Json) -> Json:
    """A line of an order."""
    vendor = product.get("vendorId")
    item = {
        "productId": text_of(product.get("product_id")) or text_of(product.get("productId")),
        "unitPrice": number_of(product.get("price")),
        "quantity": whole_number_of(product.get("quantity")),
        "vendorId": text_of(product.get("brand") if vendor is None else vendor),
    }
    return {name: value for name, value in item.items() if value not in (None, "")}


def properties_of(said: Json) -> Json:
    """What a call says of what happened."""
    return inside(said, "properties")


def products_of(properties: Json) -> list[Json]:
    """The products of a list or an order; one that is no object says nothing."""
    products = properties.get("products")
    return [each if isinstance(each, dict) else {} for each in products] if isinstance(products, list) else []


def _moment(said: Json, now: str) -> str:
    """When it happened: what the call says, else when it was sent, else now."""
    names = ("timestamp", "originalTimestamp", "sentAt")
    return next((rfc3339(said[name]) for name in names if isinstance(said.get(name), str)), now)


def _id_of(said: Json, moment: str) -> str:
    """An id for a call that brought none: the same for the same content at the same time."""
    content = {name: value for name, value in said.items() if name not in ("sentAt", "writeKey")}
    canonical = msgspec.json.encode([content, moment], order="sorted")
    return sha256(canonical).hexdigest()[:32]
