"""The story for a person, from top to bottom: which rule, what was asked, what stands where, and why. Pure.

Every section yields lines of spans; `screen.py` draws them, and is the only one
who knows what a terminal can do with them.
"""

import json
from collections.abc import Callable, Iterator

from proxy.cli.explaining.advice import NOTHING, TO_DO, why_it_came, why_it_went
from proxy.cli.explaining.columns import side_by_side
from proxy.cli.explaining.pretty import pretty
from proxy.cli.explaining.screen import Line, Look, Span, drawn, wrapped
from proxy.cli.explaining.story import Call, Fields, Story, added, listings, removed
from proxy.reasons import Reason
from proxy.rules.book import Verdict
from proxy.rules.rule import Rule
from proxy.search.visit import Visit

ROWS = 24
"""Lines of an auction's question or answer, after which the rest is left to `--format json`."""
BAR = 30
"""Cells of the longest bar."""


def as_text(story: Story, look: Look) -> str:
    """The story as text, no line wider than the terminal."""
    return drawn(_lines(story, look), look)


def _lines(story: Story, look: Look) -> Iterator[Line]:
    for part in wrapped(f"{story.method} {story.target}", look.width, look):
        yield [Span(part, "head")]
    yield from _rules(story, look)
    if story.rule is None or story.visit is None:
        yield []
        yield from _prose("No rule takes it: it passes through to the marketplace, untouched.", look, "")
        return
    yield from _preset(story)
    yield from _auctions(story, look)
    yield from _order(story, look)
    yield from _headers(story)
    yield from _times(story.visit, look)
    yield from _ending(story, story.rule, story.visit, look) if story.asked or not story.calls else _not_asked(look)


def _title(text: str) -> Iterator[Line]:
    yield []
    yield [Span(text, "head")]


def _prose(text: str, look: Look, indent: str = "  ", style: str = "") -> Iterator[Line]:
    for part in wrapped(text, look.width - len(indent), look):
        yield [Span(indent), Span(part, style)]


# -- the sections -------------------------------------------------------------


def _rules(story: Story, look: Look) -> Iterator[Line]:
    yield from _title("Rules")
    if not story.verdicts:
        yield [Span("     there are none")]
    names = min(24, max((len(verdict.rule.page) for verdict in story.verdicts), default=0))
    for verdict in story.verdicts:
        yield from _verdict(verdict, names, look)


def _verdict(verdict: Verdict, names: int, look: Look) -> Iterator[Line]:
    style = "good" if verdict.takes else "faint"
    lead = f"  {'->' if verdict.takes else '  '} {verdict.rule.page:<{names}}  "
    for part in wrapped(verdict.why, look.width - len(lead), look):
        yield [Span(lead, style), Span(part, style)]
        lead = " " * len(lead)


def _preset(story: Story) -> Iterator[Line]:
    if story.written and story.rule:
        yield from _title(f"The rule `{story.rule.page}`, with what it has from its preset")
        for line in story.written.splitlines():
            yaml, mark, preset = line.partition("  # ")
            yield [Span(f"  {yaml}"), Span(mark + preset, "faint")]


def _auctions(story: Story, look: Look) -> Iterator[Line]:
    for number, call in enumerate(story.calls, 1):
        of = f" {number}" if len(story.calls) > 1 else ""
        yield from _title(f"Auction{of}: asked" if story.asked else f"Auction{of}: would be asked")
        yield from _body(call.sent)
        if story.asked:
            yield from _answer(call, look)


def _answer(call: Call, look: Look) -> Iterator[Line]:
    if call.answer is None:
        yield from _prose("No answer came.", look, "  ", "bad")
    else:
        yield from _title("Its answer")
        yield from _body(call.answer)


def _body(body: bytes) -> Iterator[Line]:
    """A body, as readable as it can be made; the key is in no body."""
    text = body.decode("utf-8", "replace")
    try:
        lines = list(pretty(json.loads(text)))
    except (ValueError, RecursionError):
        lines = text.splitlines()
    for line in lines[:ROWS]:
        yield [Span(f"  {line}")]
    if len(lines) > ROWS:
        yield [Span(f"  and {len(lines) - ROWS} lines more; --format json has all of them", "faint")]


def _order(story: Story, look: Look) -> Iterator[Line]:
    told = listings(story.visit)
    for number, (organic, shown) in enumerate(told, 1):
        of = f"Listing {number}: " if len(told) > 1 else ""
        yield from _title(f"{of}{len(organic)} product{'' if len(organic) == 1 else 's'}")
        yield from side_by_side(organic, shown, story.titles, look)


def _headers(story: Story) -> Iterator[Line]:
    went, came = removed(story), added(story)
    if went or came:
        yield from _title("Headers")
        yield from _fields("-", went, why_it_went)
        yield from _fields("+", came, why_it_came)


def _fields(sign: str, fields: Fields, why: Callable[[str], str]) -> Iterator[Line]:
    for name, value in fields:
        reason = why(name)
        yield [Span(f"  {sign} {name}: {value}"), Span(f"  ({reason})" if reason else "", "faint")]


def _times(visit: Visit, look: Look) -> Iterator[Line]:
    times = {"search": visit.upstream_ms, "auction": visit.ads_ms, "proxy": visit.proxy_ms}
    whole = sum(times.values())
    if whole > 0:
        yield from _title(f"{whole:.1f} ms")
        for name, spent in times.items():
            bar = ("█" if look.unicode else "#") * round(BAR * spent / whole)
            yield [Span(f"  {name:<8}{spent:>9.1f} ms  "), Span(bar, "good")]


def _not_asked(look: Look) -> Iterator[Line]:
    """Without an ad platform the corridor ends as if it were down; that is not what a person wants to be told."""
    yield []
    yield from _prose("No auction was sent, so nothing was merged: --ads-url names whom to ask.", look, "", "bad")


def _ending(story: Story, rule: Rule, visit: Visit, look: Look) -> Iterator[Line]:
    style = "good" if visit.reason is Reason.SERVED else "bad"
    yield []
    cause = story.cause
    detail = f" ({visit.detail})" if visit.detail and not cause.seen else ""
    yield from _prose(f"Ended as {visit.reason}: {visit.reason.meaning}{detail}", look, "", style)
    if cause.seen:
        yield from _prose(f"{cause.seen[0].upper()}{cause.seen[1:]}.", look)
    for line in _placed(rule, visit):
        yield from _prose(line, look)
    to_do = cause.to_do or TO_DO[visit.reason]
    if to_do != NOTHING:
        yield from _prose(f"To do: {to_do}.", look)


def _placed(rule: Rule, visit: Visit) -> Iterator[str]:
    placed = visit.winners - visit.banners
    if placed:
        asked = sum(len(ids) >= rule.skip.fewer_than for ids in visit.organic)
        times = f"{asked} times " if asked > 1 else ""
        yield f"{placed} of {times}{rule.auction.slots} slots, placed by `layout.place: {rule.layout.place}`"
    if visit.banners:
        places = " or ".join([f"`{banner.at}`" for banner in rule.banners])
        yield f"{visit.banners} of {rule.slots - rule.auction.slots} banners, written at {places}"
    if visit.fetched:
        yield f"{visit.fetched} fetched from {rule.layout.fetch}, since the page did not have them"
