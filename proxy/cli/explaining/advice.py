"""What a person can do about a page without ads, reason by reason, and why a header field came or went. Pure.

docs/operations.md has the same advice; a test holds the two against each other.
"""

from collections.abc import Mapping
from typing import Final

from proxy.reasons import Reason

NOTHING: Final = "nothing"

TO_DO: Final[Mapping[Reason, str]] = {
    Reason.SERVED: NOTHING,
    Reason.SHADOW: "set `mode: live` when the numbers please you",
    Reason.HOLDOUT: NOTHING,
    Reason.ROLLOUT: "raise `rollout`",
    Reason.OFF: "set `mode: live`",
    Reason.SKIPPED_QUERY: "nothing, unless the list is too long",
    Reason.SKIPPED_PREFETCH: NOTHING,
    Reason.SKIPPED_BOT: NOTHING,
    Reason.SKIPPED_PAGE: NOTHING,
    Reason.TOO_FEW_PRODUCTS: NOTHING,
    Reason.NOT_OK: "look at the marketplace",
    Reason.NOT_A_LISTING: "`explain` the page; mend `products.list`",
    Reason.TOO_LARGE: "raise `--max-body`, or page the results",
    Reason.NO_TRANSFORM: "take it out there, if ads are wanted",
    Reason.NO_WINNERS: "look at the campaigns",
    Reason.NO_MATCH: "compare the catalogue's ids with `products.id`",
    Reason.TOO_LATE: "look at `auction` in `Server-Timing`; raise the timeout if that is bearable",
    Reason.ADS_DOWN: "look at the platform and the network to it",
    Reason.ADS_REFUSED: "the log has its words; 401 and 403: the key",
    Reason.ADS_INVALID: "look at `--ads-url` and `--ads-api`",
    Reason.BREAKER_OPEN: "it begins again by itself",
    Reason.OVERLOADED: "more workers, or a faster ad platform",
    Reason.HEAD: NOTHING,
    Reason.MARKETPLACE_DOWN: "look at the marketplace",
    Reason.MARKETPLACE_SLOW: "look at the marketplace; `--upstream-timeout`",
    Reason.GONE: NOTHING,
    Reason.BUG: "please report it with the traceback",
}

_OURS: Final = "tells this visit"
_CAME: Final = {
    "sponsored-status": _OURS,
    "server-timing": _OURS,
    "via": "names the proxy",
    "cache-control": "the ads are for one shopper",
    "vary": "the answer hangs on more of the request",
    "date": "when it was answered",
}
_CONNECTION: Final = "of that connection alone"
_BYTES: Final = "true only of the marketplace's own bytes"
_WENT: Final = {
    **dict.fromkeys(("content-length", "transfer-encoding"), "the length is written anew"),
    **dict.fromkeys(("connection", "keep-alive", "te", "trailer", "upgrade", "proxy-connection"), _CONNECTION),
    **dict.fromkeys(("etag", "last-modified", "accept-ranges", "content-md5", "digest"), _BYTES),
    **dict.fromkeys(("content-digest", "repr-digest", "content-encoding"), _BYTES),
    **dict.fromkeys(("cache-control", "age", "expires"), "the page with ads is for one shopper"),
    **dict.fromkeys(("cdn-cache-control", "surrogate-control", "surrogate-key"), "told a cache what is no longer so"),
}


def why_it_came(name: str) -> str:
    """Why the shopper gets a field that the marketplace did not send; "" where there is no more to say."""
    return _CAME.get(name.lower(), "")


def why_it_went(name: str) -> str:
    """Why the shopper does not get a field of the marketplace's; "" where there is no more to say."""
    return _WENT.get(name.lower(), "")
