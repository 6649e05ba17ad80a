"""Every lie that the platform can tell, by name, and what it does in words. Pure.

`lies.py` and `event_lies.py` tell them; the command line and the back door list them.
"""

from collections.abc import Mapping
from typing import Final

_OF_AUCTIONS: Final[Mapping[str, str]] = {
    # an answer that keeps the form of the contract, but not its meaning
    "unknown-ids": "winners that nobody asked about",
    "doubled": "each winner stands twice",
    "too-many-winners": "every product wins, whatever `slots` said",
    "wrong-order": "the last rank first",
    "wrong-types": "ranks as text, ids as numbers, a resolvedBidId that is null",
    "no-bid-ids": "winners without a resolvedBidId",
    "hostile": "ids and resolvedBidIds with quotes, line breaks, tags and half an emoji",
    "error-flag": "every result says `error: true`",
    "too-few-results": "one result less than there were auctions",
    "too-many-results": "one result more than there were auctions",
    "no-results": "an answer without results",
    # an answer that is none
    "empty": "201 and not one byte",
    "null": "201 and `null`",
    "not-json": "201 and half a JSON document",
    "deep": "JSON nested 100,000 deep",
    "huge": "8 MiB of winners",
    "gzip": "compressed, though nobody offered to read that",
    "gzip-bomb": "100 MiB of blanks in 100 KiB of gzip",
    # an answer that breaks HTTP
    "truncated": "the connection ends in the middle of the answer",
    "wrong-length": "more bytes than Content-Length says",
    "slow-body": "the head at once, then a byte every 50 ms",
    "two-answers": "the answer, and a second one that nobody asked for",
}
_OF_BOTH: Final[Mapping[str, str]] = {
    "truth": "no lie, for a turn among others",
    "html": "200 and a web page",
    "hang": "no answer at all, for an hour",
    "reset": "the connection is reset instead of an answer",
    "not-http": "bytes that are no HTTP",
    "big-head": "256 KiB of headers",
    # an answer that says no
    "400": "400, in the vendor's words",
    "401": "401, as if the key were wrong",
    "402": "402, as if an invoice were overdue",
    "403": "403",
    "404": "404",
    "405": "405",
    "408": "408",
    "413": "413",
    "422": "422",
    "425": "425",
    "429": "429 with Retry-After: 2",
    "500": "500",
    "503": "503 with Retry-After: 2, in HTML",
    "redirect": "307 to another path, which would take the key along",
}
_OF_EVENTS: Final[Mapping[str, str]] = {
    # whatever is not called `-after` comes before anything is stored
    "close": "the connection is closed before anything is done",
    "close-after": "all is stored, then the connection is closed without an answer",
    "hang-after": "all is stored, and no answer comes, for an hour",
    "500-after": "all is stored, and the answer is a 500",
    "429-date": "429 with Retry-After as a date, 2 seconds ahead",
    "redirect-host": "307 to another host, which must never see the key",
}
AUCTION_LIES: Final = {**_OF_AUCTIONS, **_OF_BOTH}
EVENT_LIES: Final = {**_OF_BOTH, **_OF_EVENTS}
LIES: Final = {**AUCTION_LIES, **EVENT_LIES}
