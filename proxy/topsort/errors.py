"""How Topsort says no: its error body and its codes. Pure.

One shape for every endpoint of both versions: `{errCode, message, docUrl}`. We
write it (the sandbox, our own event endpoints) and read it (refusals of the ad
platform). The codes are those of the vendor's OpenAPI files, versions 1 and 2.
"""

from enum import StrEnum

import msgspec

DOC_URL = "https://api.docs.topsort.com/reference/errors"


class ErrorCode(StrEnum):
    """Every `errCode` that the vendor's contract knows."""

    BAD_REQUEST = "bad_request"
    EMPTY_REQUEST = "empty_request"
    INTERNAL_SERVER_ERROR = "internal_server_error"
    INVALID_API_KEY = "invalid_api_key"
    INVALID_AUCTION_ID = "invalid_auction_id"
    INVALID_DEMAND_SOURCE = "invalid_demand_source"
    INVALID_EVENT_TYPE = "invalid_event_type"
    INVALID_EXTERNAL_BID = "invalid_external_bid"
    INVALID_EXTERNAL_DEMAND_AD_TYPE = "invalid_external_demand_ad_type"
    INVALID_PROMOTION_TYPE = "invalid_promotion_type"
    INVALID_SESSION = "invalid_session"
    MISSING_AUCTIONS = "missing_auctions"
    MISSING_CONTEXT = "missing_context"
    MISSING_PLACEMENT = "missing_placement"
    MISSING_PRODUCT_ID = "missing_product_id"
    MISSING_PROMOTION_TYPE = "missing_promotion_type"
    MISSING_PURCHASED_AT = "missing_purchased_at"
    MISSING_SESSION = "missing_session"
    MISSING_SLOT_ID = "missing_slot_id"
    MISSING_SLOTS = "missing_slots"
    NO_PRODUCTS = "no_products"
    NO_PURCHASE_ITEMS = "no_purchase_items"
    PURCHASE_ITEM_QUANTITY = "purchase_item_quantity_less_or_equal_than_zero"
    RESOLVED_BID_ID_NOT_FOUND = "resolved_bid_id_not_found"
    TOO_FEW_IMPRESSIONS = "too_few_impressions"
    TOO_FEW_SLOTS = "too_few_slots"
    TOO_MANY_AUCTIONS = "too_many_auctions"
    TOO_MANY_EXTERNAL_BIDS = "too_many_external_bids"
    UNAUTHORIZED_EXTERNAL_DEMAND = "unauthorized_external_demand"


class Error(msgspec.Struct, rename="camel", omit_defaults=True, frozen=True):
    """The body of every refusal. `err_code` is text, since the vendor may add codes."""

    err_code: str
    message: str | None = None
    doc_url: str | None = None


class Refused(Exception):
    """A message that the vendor's contract refuses.

    Args:
        code: the vendor's code.
        message: what is wrong, and where, for the person who sent it.
        status: the HTTP status that goes with it.
    """

    def __init__(self, code: ErrorCode, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status

    @property
    def body(self) -> bytes:
        """The refusal as the vendor writes it."""
        return write_error(self.code, self.message)


_READ = msgspec.json.Decoder(Error)


def write_error(code: ErrorCode, message: str) -> bytes:
    """An error body."""
    return msgspec.json.encode(Error(code.value, message, DOC_URL))


def read_error(body: bytes) -> Error | None:
    """The vendor's error in `body`, or None where it is none (a proxy's HTML, say)."""
    try:
        return _READ.decode(body)
    except (ValueError, RecursionError):
        return None
