"""The story of one request, as text for a person or as JSON for a machine. Pure.

`explain.py` sends one request down the real corridor and notes what happened;
here it is told: which rule, why not the others, the ids, the auction and its
answer, and why each product stands where it stands.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from proxy.rules.book import Verdict
from proxy.rules.rule import Rule
from proxy.search.visit import Visit

# More lines than this tell nobody anything more.
ROWS = 40


@dataclass
class Call:
    """One call to the ad platform: its body, and the answer's where there was one."""

    sent: bytes
    answer: bytes | None = None


@dataclass(frozen=True)
class Story:
    """What happened to one request.

    Args:
        method: of the request.
        target: its path and query.
        verdicts: what each rule said, in the order in which they were asked.
        rule: the rule that took it, or None.
        visit: how the page view ended; None where no rule took it.
        calls: the auctions.
        page: the body that the shopper would get.
        written: the rule with its preset's keys in it, as YAML; "" where it rests on none.
    """

    method: str
    target: str
    verdicts: Sequence[Verdict]
    rule: Rule | None = None
    visit: Visit | None = None
    calls: Sequence[Call] = ()
    page: bytes = b""
    written: str = ""


def as_json(story: Story) -> str:
    """The story for machines: one JSON object."""
    visit = story.visit
    return json.dumps(
        {
            "request": {"method": story.method, "target": story.target},
            "rules": [{"page": v.rule.page, "takes": v.takes, "why": v.why} for v in story.verdicts],
            "page": story.rule.page if story.rule else None,
            "rule": story.written or None,
            "reason": str(visit.reason) if visit else None,
            "detail": visit.detail if visit else "",
            "listings": [
                {"organic": list(organic), "merged": [{"id": id, "rank": rank or None} for id, rank in merged]}
                for organic, merged in _pairs(visit)
            ],
            "auctions": [{"sent": _read(call.sent), "answer": _read(call.answer)} for call in story.calls],
            "winners": visit.winners if visit else 0,
            "banners": visit.banners if visit else 0,
        },
        indent=2,
        ensure_ascii=False,
    )


def _read(body: bytes | None) -> object:
    try:
        return None if body is None else json.loads(body)
    except ValueError:
        return (body or b"").decode("utf-8", "replace")


def as_text(story: Story) -> str:
    """The story for a person, from top to bottom."""
    return "\n".join(_lines(story)) + "\n"


def _lines(story: Story) -> Iterator[str]:
    yield f"{story.method} {story.target}"
    yield ""
    yield "Rules"
    for verdict in story.verdicts:
        yield f"  {'->' if verdict.takes else '  '} {verdict.rule.page:<20} {verdict.why}"
    if not story.verdicts:
        yield "     there are none"
    if story.rule is None or story.visit is None:
        yield ""
        yield "No rule takes it: it passes through to the marketplace, untouched."
        return
    if story.written:
        yield ""
        yield f"The rule `{story.rule.page}`, with what it has from its preset"
        yield from (f"  {line}" for line in story.written.splitlines())
    yield from _auction(story)
    yield from _order(story.rule, story.visit)
    yield from _ending(story.rule, story.visit)


def _auction(story: Story) -> Iterator[str]:
    for n, call in enumerate(story.calls, 1):
        yield ""
        yield f"Auction {n}"
        yield "  asked:    " + _short(call.sent)
        answered = "nothing (--ads-url names whom to ask)" if call.answer is None else _short(call.answer)
        yield "  answered: " + answered


def _short(body: bytes, most: int = 600) -> str:
    text = body.decode("utf-8", "replace")
    return text if len(text) <= most else f"{text[:most]} … ({len(text)} characters; all of them with --format json)"


def _pairs(visit: Visit | None) -> list[tuple[Sequence[str], Sequence[tuple[str, int]]]]:
    if visit is None:
        return []
    merged = visit.merged or tuple([tuple([(id, 0) for id in organic]) for organic in visit.organic])
    return list(zip(visit.organic, merged, strict=True))


def _order(rule: Rule, visit: Visit) -> Iterator[str]:
    for n, (organic, merged) in enumerate(_pairs(visit), 1):
        yield ""
        yield f"Listing {n}: {len(organic)} products" if len(visit.organic) > 1 else f"{len(organic)} products"
        yield f"  {'organic':<24}   shown"
        for place, (id, rank) in enumerate(merged[:ROWS]):
            was = organic[place] if place < len(organic) else ""
            yield f"  {place + 1:>3} {was:<20}   {id:<20} {_why(organic, place, id, rank)}".rstrip()
        if len(merged) > ROWS:
            yield f"      … and {len(merged) - ROWS} more, in organic order"


def _why(organic: Sequence[str], place: int, id: str, rank: int) -> str:
    before = organic.index(id) if id in organic else None
    if rank:
        came = f"was {before + 1}" if before is not None else "was not on the page"
        return f"Sponsored: rank {rank} of the auction; {came}"
    if before is None or before == place:
        return ""
    return f"organic; was {before + 1}, made room for the ads"


def _places(rule: Rule) -> str:
    return " or ".join([f"`{banner.at}`" for banner in rule.banners])


def _ending(rule: Rule, visit: Visit) -> Iterator[str]:
    layout = rule.layout
    yield ""
    yield f"Ended as {visit.reason}: {visit.reason.meaning}" + (f" ({visit.detail})" if visit.detail else "")
    if visit.winners > visit.banners:
        placed = visit.winners - visit.banners
        yield f"  {placed} of {rule.auction.slots} slots, placed by `layout.place: {layout.place}`"
    if visit.banners:
        yield f"  {visit.banners} of {rule.slots - rule.auction.slots} banners, written at {_places(rule)}"
    if visit.fetched:
        yield f"  {visit.fetched} fetched from {layout.fetch}, since the page did not have them"
    yield (
        f"  the marketplace took {visit.upstream_ms:.0f} ms, the wait for ads {visit.ads_ms:.0f} ms, "
        f"the proxy's own work {visit.proxy_ms:.1f} ms"
    )
