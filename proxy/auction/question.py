"""What to ask the ad platform for a visit: rule + request + products -> auctions. Pure.

One auction for each listing that has products, then one for each banner of the
rule. What a source does not find is left out of the message, never sent empty.
How the auctions are spelled and dealt into calls is `dialects.py`.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final

import msgspec

from proxy.ask import Ask
from proxy.rules.bodies import Place
from proxy.rules.rule import Banner, Page, Rule
from proxy.rules.sources import Sources
from proxy.topsort import v2

# No catalogue has ids of this length; what has is a page read wrongly, and may make a message of megabytes.
LONGEST_ID: Final = 512
# The least score that the contract allows is anything over 0; this is what `products.quality` makes of 0, too.
LEAST_SCORE: Final = 0.0001
# What telephones and tablets say of themselves where they send no client hint.
MOBILE_WORDS: Final = ("Mobi", "Android", "iPhone", "iPad", "iPod")


class Candidates(msgspec.Struct, frozen=True):
    """The products of one listing.

    Attributes:
        ids: in organic order.
        scores: of each, where the rule has scores.
        place: which of several listings it is, where the rule can tell: it may have search words of its own.
    """

    ids: Sequence[str]
    scores: Sequence[float] | None = None
    place: Place | None = None


class Question(msgspec.Struct, frozen=True):
    """All auctions of a visit.

    Attributes:
        listings: one auction a listing; None where a listing has no product to send.
        banners: one auction a banner, in the order of the rule.
    """

    listings: tuple[v2.Auction | None, ...]
    banners: tuple[v2.Auction, ...] = ()


def question_for(
    rule: Rule, ask: Ask, captures: Mapping[str, str], listings: Sequence[Candidates], user: str | None
) -> Question:
    """The auctions of this visit; `user` is what `user_of` said."""
    said = rule.auction
    query = _words(said.search_query, ask, captures) if said.search_query else None
    location = _words(said.geo, ask, captures) if said.geo else None
    geo = v2.GeoTargeting(location=location) if location else None
    page = _page(said.page, ask, captures) if said.page else None
    auctions: list[v2.Auction | None] = []
    for each in listings:
        products = products_of(each, said.max_products)
        if products is None:
            auctions.append(None)
            continue
        auction = v2.Auction(
            type=v2.LISTINGS,
            slots=said.slots,
            products=products,
            search_query=query,
            geo_targeting=geo,
            opaque_user_id=user or None,
            placement_id=said.placement_id,
            page=page,
        )
        auctions.append(auction if each.place is None else _of_its_own(auction, rule, ask, captures, each.place))
    if not rule.banners:
        return Question(tuple(auctions))
    shared = v2.Auction(
        type=v2.BANNERS,
        device=_device(said.device, ask, captures),
        geo_targeting=geo,
        opaque_user_id=user or None,
        placement_id=said.placement_id,
        page=page,
    )
    return Question(tuple(auctions), tuple([_banner(shared, banner, ask, captures) for banner in rule.banners]))


def user_of(rule: Rule, ask: Ask, captures: Mapping[str, str]) -> str | None:
    """The shopper's `opaqueUserId`, or None where there is none or the shopper withholds it."""
    if not rule.auction.user:
        return None
    user = _words(rule.auction.user, ask, captures)
    if user is None or _is_withheld(rule, ask, captures):
        return None
    return sha256(user.encode("utf-8", "replace")).hexdigest() if rule.auction.hash_user else user


def _is_withheld(rule: Rule, ask: Ask, captures: Mapping[str, str]) -> bool:
    """The shopper wants no profile, or has not agreed to one where the rule asks for that."""
    auction = rule.auction
    if auction.honour_gpc and ask.fields.get(b"sec-gpc", b"").strip() == b"1":
        return True
    consent = auction.consent
    return consent is not None and consent.source.read(ask, captures) != consent.equals


def products_of(candidates: Candidates, most: int) -> v2.Products | None:
    """The distinct ids, at most `most`, each with the score of its first place; None where there is none."""
    ids, scores = candidates.ids, candidates.scores
    distinct = set(ids)
    sent = ids if len(distinct) == len(ids) and "" not in distinct else [one for one in dict.fromkeys(ids) if one]
    if len("".join(sent)) > LONGEST_ID:  # else none is longer
        sent = [one for one in sent if len(one) <= LONGEST_ID]
    if not sent:
        return None
    if scores is None or len(scores) != len(ids):
        return v2.Products(ids=sent[:most])
    if len(sent) < len(ids):
        of_first = dict(zip(reversed(ids), reversed(scores), strict=True))
        scores = [of_first[one] for one in sent]
    return v2.Products(
        ids=sent[:most],
        quality_scores=[score if 0 < score <= 1 else _score(score) for score in scores[:most]],
    )


def device_of(ask: Ask) -> str:
    """desktop or mobile: by the client hint, else by the User-Agent."""
    hint = ask.header("sec-ch-ua-mobile")
    if hint in ("?0", "?1"):
        return "mobile" if hint == "?1" else "desktop"
    agent = ask.header("user-agent") or ""
    return "mobile" if any(word in agent for word in MOBILE_WORDS) else "desktop"


def _of_its_own(auction: v2.Auction, rule: Rule, ask: Ask, captures: Mapping[str, str], place: Place) -> v2.Auction:
    """The auction of one of several listings, with what the request says of that one alone."""
    words, page = rule.auction.search_query, rule.auction.page
    if words.are_of_listing:
        auction = msgspec.structs.replace(auction, search_query=_words(words, ask, captures, place))
    if page and (page.value.are_of_listing or page.id.are_of_listing):
        auction = msgspec.structs.replace(auction, page=_page(page, ask, captures, place))
    return auction


def _banner(shared: v2.Auction, banner: Banner, ask: Ask, captures: Mapping[str, str]) -> v2.Auction:
    # The contract has banners of a category, of a keyword, or of neither: the category, where there is one.
    category = _words(banner.category, ask, captures)
    return msgspec.structs.replace(
        shared,
        slots=banner.slots,
        slot_id=banner.slot_id,
        category=v2.Category(id=category) if category else None,
        search_query=None if category else _words(banner.search_query, ask, captures),
    )


def _page(page: Page, ask: Ask, captures: Mapping[str, str], place: Place | None = None) -> v2.Page:
    # The contract wants a pageId; where the rule's source finds nothing, the path names the page as well.
    page_id = page.id.read(ask, captures, place) or ask.path
    return v2.Page(type=page.type, page_id=page_id, value=_words(page.value, ask, captures, place))


def _device(device: str | Sources, ask: Ask, captures: Mapping[str, str]) -> str:
    said = device if isinstance(device, str) else device.read(ask, captures)
    return said if said in v2.DEVICES else device_of(ask)


def _words(sources: Sources, ask: Ask, captures: Mapping[str, str], place: Place | None = None) -> str | None:
    """What the sources say, unless it is blank."""
    said = sources.read(ask, captures, place)
    return None if said is None or said.isspace() else said


def _score(score: float) -> float:
    return min(score, 1.0) if score > 0 else LEAST_SCORE  # not a number is not over 0 either
