"""Crawlers that name themselves. Pure.

Search engines and link previewers say in their User-Agent who they are. Ads
shown to them are invalid traffic by the MRC's guidelines (general invalid
traffic: known crawlers), so pages skip the auction and events are not sent on.

Libraries (curl, python-requests), apps and headless browsers do not name
themselves as crawlers and are none: a marketplace's own app may well be one.
"""

import re
from functools import lru_cache

# Shoppers have a few thousand spellings of User-Agent between them, and looking through one takes 30 microseconds.
# "bot" ends a word in nearly every crawler's name. Cubot is a maker of phones.
_CRAWLER = re.compile(
    r"(?<!cu)bot\b|crawler|spider|slurp|archiver|facebookexternalhit|mediapartners-google|google-inspectiontool"
    r"|feedfetcher|bingpreview|ia_archiver|yandex(?:images|mobile|metrika)|duckduckgo-favicons"
    r"|whatsapp/|telegrambot|linkedinbot|pinterestbot|applebot|petalbot|semrush|ahrefs",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def names_itself_a_crawler(user_agent: str | None) -> bool:
    """Whether a User-Agent says of itself that it is a crawler.

    Args:
        user_agent: the header's value, or None where there is none.
    """
    return bool(user_agent and _CRAWLER.search(user_agent))
