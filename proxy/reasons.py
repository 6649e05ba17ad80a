"""Why a page has ads, or has none: every `Reason`, with its meaning.

Exactly one reason closes a visit. It stands in the `Sponsored-Status` header,
in the log line, in the metrics and on the admin page, always under this name.
The docs list this table; a test holds the two against each other.
"""

from enum import StrEnum


class Reason(StrEnum):
    """The one reason with which a visit ended."""

    meaning: str
    __hash__ = str.__hash__  # Enum's own is a function in Python, and hashes the constant's name

    def __new__(cls, name: str, meaning: str) -> "Reason":
        reason = str.__new__(cls, name)
        reason._value_ = name
        reason.meaning = meaning
        return reason

    SERVED = "served", "ads were merged into the page"
    SHADOW = "shadow", "the auction ran and changed nothing: the rule is in shadow mode"
    HOLDOUT = "holdout", "this shopper is kept out for good, as the control group"
    ROLLOUT = "rollout", "this shopper is not yet in the rollout"
    OFF = "off", "the rule is off"
    SKIPPED_QUERY = "skipped_query", "the query has a parameter that `skip.query` names"
    SKIPPED_PREFETCH = "skipped_prefetch", "the browser only prefetches; nobody sees the page yet"
    SKIPPED_BOT = "skipped_bot", "the visitor is a crawler that names itself"
    SKIPPED_PAGE = "skipped_page", "not the first page of results (`skip.after_page`)"
    TOO_FEW_PRODUCTS = "too_few_products", "fewer products than `skip.fewer_than`"
    NOT_OK = "not_ok", "the marketplace answered with another status than 200"
    NOT_A_LISTING = "not_a_listing", "no result array where `products.list` says it is"
    TOO_LARGE = "too_large", "the marketplace's answer is over `--max-body`"
    NO_TRANSFORM = "no_transform", "the marketplace said `Cache-Control: no-transform`"
    NO_WINNERS = "no_winners", "the auction had no winner"
    NO_MATCH = "no_match", "there were winners, but none that this page can show"
    TOO_LATE = "too_late", "the ad platform did not answer within `auction.timeout`"
    ADS_DOWN = "ads_down", "the ad platform could not be reached, or failed"
    ADS_REFUSED = "ads_refused", "the ad platform refused the question (4xx)"
    ADS_INVALID = "ads_invalid", "the ad platform's answer is not its contract"
    BREAKER_OPEN = "breaker_open", "the ad platform failed lately; asking has stopped for a while"
    OVERLOADED = "overloaded", "as many auctions are under way as are allowed"
    HEAD = "head", "a HEAD request has no body to merge into"
    MARKETPLACE_DOWN = "marketplace_down", "the marketplace could not be reached, or broke off"
    MARKETPLACE_SLOW = "marketplace_slow", "the marketplace did not answer in time"
    GONE = "gone", "the shopper left before the answer"
    BUG = "bug", "a mistake of ours; the log has its traceback"
