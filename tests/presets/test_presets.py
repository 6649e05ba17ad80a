"""Each preset, with nothing but its name and the number of slots, against its backend's own request and answer.

The request goes through the real proxy; the marketplace answers the sample, the ad platform lets the last product of
each listing win, and the second after it. Taking out what the proxy wrote must leave the sample, with these two items
first and every byte as it was.
"""

import asyncio
import json
from collections import Counter
from typing import Any

import pytest

from proxy.rules.files import read_book
from proxy.rules.reading.presets import preset_names
from proxy.rules.selector import Selector
from tests.ad_platform import AdPlatform, Request, results, says
from tests.in_process import Proxy, a_proxy
from tests.presets.samples import NAMES, Sample, arrays_at, read

CLOSED = '{"name":"resolvedBidId","originalName":"resolvedBidId","values":["bid-%s"]}'
"""What a product of VTEX gets among its properties."""


def winning(ids: list[str]) -> list[str]:
    """Who wins, best first."""
    return [ids[-1], ids[1]] if len(ids) > 2 else [ids[-1]]


async def last_and_second(request: Request, writer: asyncio.StreamWriter) -> None:
    ids = [winning(one["products"]["ids"]) for one in request.auctions]
    await says(201, results(*ids))(request, writer)


def shortest(preset: str) -> str:
    """The least that a rule can say."""
    return f"page: search\npreset: {preset}\nauction: {{slots: 2, timeout: 10s}}\n"


async def through(sample: Sample, rule: str = "") -> tuple[bytes, bytes, list[dict[str, Any]], Proxy]:
    """Head and body that the shopper gets, the auctions that were asked for, and the proxy."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n\r\n%b" % (
        len(sample.answer),
        sample.answer,
    )
    text = rule or shortest(sample.name)
    async with AdPlatform() as platform:
        platform.replies = last_and_second
        async with a_proxy(lambda _: answer, rules=text, ads_url=platform.url) as proxy:
            head, _, body = (await proxy.raw(sample.request)).partition(b"\r\n\r\n")
            return head, body, [one for call in platform.requests for one in call.auctions], proxy


def test_every_preset_has_a_sample() -> None:
    assert list(preset_names()) == NAMES


@pytest.mark.parametrize("name", NAMES)
async def test_a_preset_and_a_number_of_slots_are_a_whole_rule(name: str) -> None:
    sample = read(name)
    head, body, auctions, proxy = await through(sample)
    assert b"\r\nSponsored-Status: served; " in head, proxy.visits
    asked = [n for n, ids in enumerate(sample.ids) if len(ids) >= 2]
    assert [one["products"]["ids"] for one in auctions] == [sample.ids[n] for n in asked]
    assert [one.get("searchQuery") for one in auctions] == [sample.words[n] for n in asked]
    assert proxy.seen[0].endswith(sample.body)
    placed = [sample.ids[n] if n in asked else [] for n in range(len(sample.ids))]
    assert untagged(sample, body.decode(), placed) == rearranged(sample, placed)
    assert tags(name, sample, json.loads(body)) == expected_tags(placed)


@pytest.mark.parametrize("name", NAMES)
async def test_the_ad_platform_is_told_what_page_it_is(name: str) -> None:
    sample = read(name)
    _, _, auctions, _ = await through(sample)
    first = auctions[0]["page"]
    assert first["type"] == sample.page["type"]
    assert first.get("value") == sample.page.get("value")
    assert first["pageId"] == sample.target.partition("?")[0]


def expected_tags(placed: list[list[str]]) -> list[list[tuple[str, int]]]:
    return [[(f"bid-{one}", rank) for rank, one in enumerate(winning(ids), 1)] if ids else [] for ids in placed]


def tags(name: str, sample: Sample, page: Any) -> list[list[tuple[str, int]]]:
    """The tags of each listing's items, from the top; where the schema is closed, from the properties."""
    at = tag_at(name)
    found = []
    for listing in Selector.parse(sample.list).find(page):
        assert isinstance(listing, list)
        items = [each for item in listing for each in at.find(item) if isinstance(each, dict)]
        if name == "vtex-graphql":
            bids = [each["values"] for one in items for each in one["properties"] if each["name"] == "resolvedBidId"]
            found.append([(bid, rank) for rank, [bid] in enumerate(bids, 1)])
        else:
            found.append([(one["resolvedBidId"], one["rank"]) for one in items if "resolvedBidId" in one])
    return found


def tag_at(name: str) -> Selector:
    book = read_book({"rule.yaml": shortest(name).encode()}).book
    assert book
    return book.rules[0].tag.at


def rearranged(sample: Sample, placed: list[list[str]]) -> str:
    """The sample with the winners' items first, made by cutting the text."""
    text = sample.answer.decode()
    pieces, done = [], 0
    for slices, ids in zip(arrays_at(text, sample.list), placed, strict=True):
        items = [text[each] for each in slices]
        first = [ids.index(one) for one in winning(ids)] if ids else []
        order = [*first, *[n for n in range(len(items)) if n not in first]]
        for each, n in zip(slices, order, strict=True):
            pieces += [text[done : each.start], items[n]]
            done = each.stop
    return "".join([*pieces, text[done:]])


def untagged(sample: Sample, text: str, placed: list[list[str]]) -> str:
    """A merged body without what was written: each text must stand there as often as it was."""
    winners = [(one, rank) for ids in placed if ids for rank, one in enumerate(winning(ids), 1)]
    for (one, rank), times in Counter(winners).items():
        if sample.name == "vtex-graphql":
            text = without(text, f'"cacheId":"bid-{one}"', times, f'"cacheId":"sp-{one}"')
        else:
            text = without(text, f'"resolvedBidId":"bid-{one}","rank":{rank},', times)
        if sample.name in ("vtex", "vtex-graphql"):
            text = without(text, "," + CLOSED % one, times)
    listed = ",".join(f'{{"id":"{one}","rank":{rank},"resolvedBidId":"bid-{one}"}}' for one, rank in winners)
    for summary in (f'"extensions":{{"sponsored":[{listed}]}},', f'"sponsored":[{listed}],'):
        if summary in text:
            return without(text, summary, 1)
    assert '"sponsored"' not in text
    return text


def without(text: str, written: str, times: int, before: str = "") -> str:
    assert text.count(written) == times, written
    return text.replace(written, before)
