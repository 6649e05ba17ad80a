"""Does this visit get ads? Pure.

Asked before the marketplace is, so it can only look at the request and the
rule. The order of the questions is the order of the reasons: what the URL
alone decides comes first, since those pages stay wholly the marketplace's,
validators and caching included.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from proxy.ask import Ask
from proxy.crawlers import names_itself_a_crawler
from proxy.reasons import Reason
from proxy.rules.rule import AfterPage, Rule

# Decided by the URL (or by us, for everyone alike): the same answer may be cached and revalidated.
DECIDED_BY_THE_URL: Final = frozenset({Reason.OFF, Reason.SHADOW, Reason.SKIPPED_QUERY, Reason.SKIPPED_PAGE})


_PURPOSES: Final = frozenset({b"sec-purpose", b"purpose", b"x-purpose", b"x-moz"})


def why_no_ads(rule: Rule, ask: Ask, captures: Mapping[str, str], user: str | None) -> Reason | None:
    """The reason for which this visit gets no ads, or None.

    Args:
        rule: the rule that takes the request.
        ask: the request.
        captures: what the rule's path captured.
        user: the shopper's id as the auction sends it, or None where there is none or it is withheld.
    """
    if rule.mode == "off":
        return Reason.OFF
    skip = rule.skip
    if skip.query and not ask.query.keys().isdisjoint(skip.query):
        return Reason.SKIPPED_QUERY
    if skip.after_page and not _is_first_page(skip.after_page, ask, captures):
        return Reason.SKIPPED_PAGE
    if ask.method == "HEAD":
        return Reason.HEAD
    fields = ask.fields
    if skip.prefetch and not _PURPOSES.isdisjoint(fields) and _is_prefetch(fields):
        return Reason.SKIPPED_PREFETCH
    if skip.bots and names_itself_a_crawler(fields.get(b"user-agent", b"").decode("latin-1")):
        return Reason.SKIPPED_BOT
    # Who takes all shoppers, and compares them with none, need not know where this one stands.
    return None if rule.rollout >= 100 and rule.holdout == 0 else _side(rule, user)


def _is_first_page(paging: AfterPage, ask: Ask, captures: Mapping[str, str]) -> bool:
    here = paging.source.read(ask, captures)
    return here is None or here == str(paging.first)


def _is_prefetch(fields: Mapping[bytes, bytes]) -> bool:
    """Sec-Purpose (Fetch standard), and Purpose and X-Moz as older browsers spell it."""
    purposes = [fields.get(name, b"").lower() for name in _PURPOSES]
    return any(b"prefetch" in purpose or b"prerender" in purpose for purpose in purposes)


def bucket_of(user: str, hashed: bool = False) -> float:
    """Where a shopper stands between 0 and 100: always at the same place, on every page and machine.

    Args:
        user: the shopper's id.
        hashed: whether it is the SHA-256 of the id already (`auction.hash_user`); the place is the same.
    """
    digest = user if hashed else sha256(user.encode("utf-8", "replace")).hexdigest()
    return int(digest[:16], 16) / 2**64 * 100


def _side(rule: Rule, user: str | None) -> Reason | None:
    """The holdout is cut from the top end, so that it stays the same shoppers while the rollout grows."""
    if user is None:
        return Reason.ROLLOUT if rule.rollout < 100 else None
    bucket = bucket_of(user, rule.auction.hash_user)
    if bucket >= 100 - rule.holdout:
        return Reason.HOLDOUT
    return None if bucket < rule.rollout else Reason.ROLLOUT


def arm_of(rule: Rule, user: str | None, why_not: Reason | None) -> str:
    """The arm of the experiment in which this visit counts: "ads", "holdout", or none.

    Both arms must be alike but for the ads, so who has no id, and every visit that is skipped for
    another reason, is in neither.
    """
    if rule.holdout == 0 or user is None:
        return ""
    return {None: "ads", Reason.HOLDOUT: "holdout"}.get(why_not, "")
