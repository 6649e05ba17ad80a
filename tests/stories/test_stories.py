"""Stories: one page view a file, from the shopper's request to the shopper's answer, against the real proxy.

A story gives a rule, a request, the marketplace's answer and the ad platform's;
then what the shopper must get, and what the other two must have been asked. All
stories that need the same flags share one proxy, so their pages and paths differ.

    story: one sentence
    flags: [--ads-api, v1]              # optional
    rule: |                             # as in a rule file
    request: GET /path                  # or {line: GET /path, headers: {...}, body: text}
    marketplace: {status: 200, headers: {...}, body: text, coding: gzip}
    products: {/p/p9: {body: text}}     # optional: what the marketplace answers to other targets
    ads: {winners: [[p3, p1]]}          # ids for each auction; or {body: text, status: 201}
    asked: {auctions: [...]}            # of the ad platform, all that is given must hold; `nothing`: it was not asked
    calls: 2                            # optional: how often it was asked
    upstream: {line: ..., headers: {name: value or null}, body: text}   # of each request, line and body of the page's
    fetched: [/p/p9]                    # what else the marketplace was asked for, in any order
    response: {reason: served, winners: 2, status: 200, headers: {name: value or null}, coding: gzip, body: text}

A response's body is given byte for byte; without one it is the marketplace's.
"""

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

import msgspec
import pytest
import yaml

from tests.integration.faults.launch import KEY, Proxy, proxy
from tests.integration.faults.shopper import Answer, ask
from tests.integration.faults.stage import Actor, Exchange, Request, Stage

HERE = Path(__file__).parent


class Part(msgspec.Struct, forbid_unknown_fields=True):
    """A request, or what is known of one."""

    line: str = ""
    headers: dict[str, str | None] = {}
    body: str | None = None


class Reply(msgspec.Struct, forbid_unknown_fields=True):
    """The marketplace's answer."""

    body: str
    status: int = 200
    headers: dict[str, str] = {}
    coding: Literal["gzip"] | None = None


class Auction(msgspec.Struct, forbid_unknown_fields=True):
    """The ad platform's answer."""

    winners: list[list[str]] = []
    body: str | None = None
    status: int = 201


class Expected(msgspec.Struct, forbid_unknown_fields=True):
    """What the shopper must get."""

    reason: str | None
    winners: int = 0
    status: int = 200
    headers: dict[str, str | None] = {}
    coding: Literal["gzip"] | None = None
    body: str | None = None


class Story(msgspec.Struct, forbid_unknown_fields=True):
    """One page view."""

    story: str
    rule: str
    request: str | Part
    marketplace: Reply
    response: Expected
    products: dict[str, Reply] = {}
    fetched: list[str] = []
    ads: Auction = msgspec.field(default_factory=Auction)
    asked: dict[str, object] | Literal["nothing"] | None = None
    calls: int | None = None
    upstream: Part = msgspec.field(default_factory=Part)
    flags: list[str] = []

    @property
    def sent(self) -> Part:
        """The shopper's request."""
        return Part(line=self.request) if isinstance(self.request, str) else self.request


def read(file: Path) -> Story:
    """A story. Raises msgspec.ValidationError where it has a key or a value that means nothing."""
    return msgspec.convert(yaml.safe_load(file.read_text()), Story)


STORIES = {file.stem: read(file) for file in sorted(HERE.glob("*.yaml"))}


class Theatre:
    """A marketplace and an ad platform that play one story, and the proxies between them and the shopper."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._proxies: dict[tuple[str, ...], Proxy] = {}
        stage = Stage()
        stack.callback(stage.close)
        self.marketplace = stage.actor(self._search)
        self.ads = stage.actor(self._auction)
        self.story: Story

    def play(self, story: Story) -> Answer:
        """What the shopper gets."""
        self.story = story
        self.marketplace.forget()
        self.ads.forget()
        method, target = story.sent.line.split(" ", 1)
        headers = [(name, value or "") for name, value in story.sent.headers.items()]
        body = None if story.sent.body is None else story.sent.body.encode()
        return ask(self._proxy(tuple(story.flags)).port, target, method, headers, body)

    def _proxy(self, flags: tuple[str, ...]) -> Proxy:
        if flags not in self._proxies:
            rules = {f"{name}.yaml": story.rule for name, story in STORIES.items() if tuple(story.flags) == flags}
            folder = self._folder / str(len(self._proxies))
            entered = proxy(folder, rules, self.marketplace.url, self.ads.url, *flags)
            self._proxies[flags] = self._stack.enter_context(entered)
        return self._proxies[flags]

    async def _search(self, exchange: Exchange) -> None:
        reply = self.story.products.get(exchange.request.target, self.story.marketplace)
        headers = [(name, value) for name, value in reply.headers.items()]
        if "content-type" not in {name.lower() for name, _ in headers}:
            headers.append(("Content-Type", "application/json"))
        body = reply.body.encode()
        if reply.coding:
            headers.append(("Content-Encoding", reply.coding))
            body = gzip.compress(body, mtime=0)
        if exchange.request.method == "HEAD":
            body = b""
        await exchange.answer(body, f"{reply.status} Said", headers)

    async def _auction(self, exchange: Exchange) -> None:
        played = self.story.ads
        dialect = in_v1 if exchange.request.target.startswith("/v1/") else in_v2
        body = played.body if played.body is not None else json.dumps(dialect(played.winners))
        await exchange.answer(body.encode(), f"{played.status} Said")


def in_v2(winners: list[list[str]]) -> object:
    """An answer of /v2/auctions."""
    return {
        "results": [
            {
                "resultType": "listings",
                "winners": [
                    {
                        "rank": rank,
                        "type": "product",
                        "id": id_,
                        "resolvedBidId": f"bid-{id_}",
                        "campaignId": f"c-{id_}",
                    }
                    for rank, id_ in enumerate(ids, start=1)
                ],
                "error": False,
            }
            for ids in winners
        ]
    }


def in_v1(winners: list[list[str]]) -> object:
    """An answer of /v1/auctions."""
    listed = [
        {
            "rank": rank,
            "winnerType": "product",
            "winnerId": id_,
            "productId": id_,
            "resolvedBidId": f"bid-{id_}",
            "campaignId": f"c-{id_}",
        }
        for rank, id_ in enumerate(winners[0], start=1)
    ]
    return {"slots": {"listings": {"auctionId": "auction-1", "winners": listed}}}


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    with ExitStack() as stack:
        yield Theatre(tmp_path_factory.mktemp("stories"), stack)


def wrong_headers(header: Callable[[str], str | None], expected: dict[str, str | None]) -> list[str]:
    """Every header that is not as it must be; None stands for one that must not be there."""
    return [f"{name}: {header(name)} instead of {value}" for name, value in expected.items() if header(name) != value]


def holds(part: object, whole: object) -> bool:
    """Whether `whole` has everything that `part` gives: sections key by key, everything else as it is."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            (key not in whole) if value is None else holds(value, whole.get(key)) for key, value in part.items()
        )
    if isinstance(part, list):
        return isinstance(whole, list) and len(part) == len(whole) and all(map(holds, part, whole))
    return part == whole


@pytest.mark.parametrize("name", STORIES)
def test_story(name: str, theatre: Theatre) -> None:
    story = STORIES[name]
    answer = theatre.play(story)
    expected = story.response
    assert (answer.status, answer.reason or None) == (expected.status, expected.reason), story.story
    assert answer.winners == (expected.winners if expected.reason else -1)
    assert answer.complete
    assert wrong_headers(answer.header, expected.headers) == []
    assert (answer.header("content-encoding") or None) == expected.coding
    if story.sent.line.startswith("HEAD "):
        assert answer.body == b""
    else:
        body = gzip.decompress(answer.body) if expected.coding else answer.body
        assert body.decode() == (story.marketplace.body if expected.body is None else expected.body)
    _the_ad_platform_was_asked(story, theatre.ads)
    _the_marketplace_was_asked(story, theatre.marketplace)


def _the_ad_platform_was_asked(story: Story, ads: Actor) -> None:
    assert story.calls in (None, len(ads.seen))
    if story.asked == "nothing":
        assert ads.seen == []
    elif story.asked is not None:
        (question,) = ads.seen
        assert holds(story.asked, json.loads(question.body)), question.body
        assert question.header("authorization") == f"Bearer {KEY}"


def _the_marketplace_was_asked(story: Story, marketplace: Actor) -> None:
    request: Request
    request, *others = marketplace.seen
    assert f"{request.method} {request.target}" == (story.upstream.line or story.sent.line)
    assert request.body.decode() == (story.upstream.body or story.sent.body or "")
    assert sorted(f"{each.method} {each.target}" for each in others) == sorted(f"GET {each}" for each in story.fetched)
    for each in marketplace.seen:
        assert wrong_headers(each.header, story.upstream.headers) == []
        assert KEY not in repr(each)
