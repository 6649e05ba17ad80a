"""`sponsored-proxy explain URL-or-FILE`: the story of one request.

The request goes down the corridor itself, with the marketplace's answer fetched
from a URL or read from a file, and the auction overheard. So what is told is
what would happen, not a second opinion. How it is told is `explaining/`.
"""

import argparse
import asyncio
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, cast

from proxy.ask import Ask
from proxy.auction.client import Ads
from proxy.cli.asked import Request, add_arguments, client, read_request, site
from proxy.cli.explaining.cause import cause_of
from proxy.cli.explaining.machine import as_json
from proxy.cli.explaining.screen import Look
from proxy.cli.explaining.story import Call, Fields, Story
from proxy.cli.explaining.telling import as_text
from proxy.cli.explaining.titles import titles
from proxy.clock import SystemClock
from proxy.errors import MarketplaceTrouble, NoAds, RuleTrouble, SettingsTrouble
from proxy.rules.files import as_named, read_book, read_folder
from proxy.rules.reading.written import with_its_preset
from proxy.search.answer import Answer
from proxy.search.headers import Peer, first
from proxy.search.listing import NotAListing
from proxy.search.organic import Organic, OrganicPages
from proxy.search.page import Corridor, View
from proxy.search.plan import Plan
from proxy.search.plans import Found, Plans
from proxy.search.products import Fetched, Products
from proxy.search.upstream import Body, Upstream
from proxy.search.visit import Visit
from proxy.server.key import read_key
from proxy.server.settings import KEY_VARIABLE
from proxy.wire.client import Client
from proxy.wire.errors import Refused
from proxy.wire.origin import Origin
from proxy.wire.response import Response

MOST_BYTES = 64 * 1024 * 1024
LOCAL = Peer("127.0.0.1", trusted=True, scheme=b"http")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `explain` to the command line."""
    parser = subparsers.add_parser(
        "explain",
        help="the story of one request: which rule, what was asked, who won, what stands where and why",
        description="Send one request down the proxy's own way and tell what happened.",
    )
    add_arguments(parser)
    parser.add_argument("--rules", metavar="DIR", type=Path, default=Path("rules"), help="default %(default)s/")
    parser.add_argument("--ads-url", metavar="URL", help="ask this ad platform; without it no auction is sent")
    parser.add_argument("--ads-api", choices=("v2", "v1"), default="v2", help="default %(default)s")
    parser.add_argument("--ads-key-file", metavar="FILE", type=Path, help="its key; else SPONSORED_PROXY_ADS_KEY")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default %(default)s")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Tell the story. 0; 1 where it could not be told."""
    try:
        story = asyncio.run(_told(args))
    except (RuleTrouble, SettingsTrouble, MarketplaceTrouble) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    sys.stdout.write(
        as_json(story) + "\n" if args.format == "json" else as_text(story, look_of(sys.stdout, os.environ))
    )
    return 0


def look_of(out: TextIO, variables: Mapping[str, str]) -> Look:
    """What can be shown there. NO_COLOR and FORCE_COLOR are heeded (no-color.org), and so is COLUMNS."""
    colour = out.isatty() and variables.get("TERM") != "dumb"
    if variables.get("FORCE_COLOR"):
        colour = variables["FORCE_COLOR"] != "0"
    if variables.get("NO_COLOR"):
        colour = False
    coding = (getattr(out, "encoding", None) or "utf-8").lower().replace("_", "-")
    return Look(shutil.get_terminal_size((80, 24)).columns, colour, unicode=coding in ("utf-8", "utf8"))


async def _told(args: argparse.Namespace) -> Story:
    texts = {as_named(str(args.rules), name): text for name, text in read_folder(args.rules).items()}
    reading = read_book(texts)
    if reading.book is None:
        raise RuleTrouble(reading.problems)
    plans = Plans(reading.book)
    request = read_request(args)
    found = plans.find(request.ask)
    verdicts = reading.book.explain(request.ask)
    if found is None:
        return Story(request.method, request.ask.target, verdicts)
    overheard = Overheard(args.ads_url)
    visit, organic, answer = await _walk(request, found, overheard, args)
    return Story(
        request.method,
        request.ask.target,
        verdicts,
        found.rule,
        visit,
        overheard.calls,
        written=with_its_preset(texts, found.rule.page),
        titles=_titles(organic, found.plan),
        came=_came(organic) if request.saved is None else (),
        went=_went(answer) if request.saved is None else (),
        asked=bool(args.ads_url),
        cause=cause_of(visit.reason, found.plan, organic, request.url, MOST_BYTES),
    )


async def _walk(
    request: Request, found: Found, overheard: "Overheard", args: argparse.Namespace
) -> tuple[Visit, Organic | None, Answer]:
    """Send the request down the corridor; returns how its visit ended, the marketplace's answer and the shopper's."""
    clock, key = SystemClock(), _key(args)
    visits: list[Visit] = []
    marketplace = None if request.saved is not None else client(site(request.url), "marketplace")
    pages = SavedPage(request.saved or b"") if marketplace is None else OrganicPages(_upstream(marketplace), MOST_BYTES)
    organic = OverheardPages(pages)
    corridor = Corridor(
        organic,
        NoProducts() if marketplace is None else Products(_upstream(marketplace), MOST_BYTES),
        Ads(cast(Client, overheard), lambda: key, args.ads_api, clock),
        clock=clock,
        new_id=lambda: "explained",
        watch=lambda visit, in_full: visits.append(in_full()),
        max_body=MOST_BYTES,
    )
    answer = await corridor.view(View(request.ask, LOCAL, request.body, found))
    if answer.rest is not None:
        answer.rest.abandon()
    for each in (marketplace, overheard):
        if each is not None:
            await each.close()
    return visits[0], organic.heard, answer


def _upstream(client: Client) -> Upstream:
    return Upstream(client, preserve_host=False, first_byte=60)


def _titles(organic: Organic | None, plan: Plan) -> Mapping[str, str]:
    """What the products are called, where the answer is a listing."""
    try:
        return titles(organic.page(plan, MOST_BYTES).listings) if organic is not None and organic.whole else {}
    except (NoAds, NotAListing):
        return {}


def _came(organic: Organic | None) -> Fields:
    raw = organic.response.raw_headers if organic is not None else ()
    return [(name.decode("latin-1"), value.decode("utf-8", "replace")) for name, value in raw]


def _went(answer: Answer) -> Fields:
    lines = answer.head.decode("utf-8", "replace").split("\r\n")[1:]
    return [(name, value.strip(" ")) for name, _, value in (line.partition(":") for line in lines if line)]


def _key(args: argparse.Namespace) -> str:
    """The ad platform's key; where no auction is sent, any text will do."""
    if not args.ads_url:
        return "none"
    try:
        return read_key(args.ads_key_file) if args.ads_key_file else os.environ[KEY_VARIABLE]
    except KeyError:
        raise SettingsTrouble(f"the ad platform wants a key: add --ads-key-file FILE, or set {KEY_VARIABLE}") from None
    except (OSError, ValueError) as error:
        raise SettingsTrouble(f"--ads-key-file {args.ads_key_file}: {error}") from error


class OverheardPages(OrganicPages):
    """The marketplace's answers, the last of them remembered."""

    def __init__(self, pages: OrganicPages) -> None:
        self._pages = pages
        self.heard: Organic | None = None

    async def fetch(self, ask: Ask, peer: Peer, body: Body, *, found: Found, for_ads: bool, fresh: bool) -> Organic:
        """What the others fetch."""
        self.heard = await self._pages.fetch(ask, peer, body, found=found, for_ads=for_ads, fresh=fresh)
        return self.heard


class SavedPage(OrganicPages):
    """A response that was saved, in place of the marketplace."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def fetch(self, ask: Ask, peer: Peer, body: Body, *, found: Found, for_ads: bool, fresh: bool) -> Organic:
        """The saved response, as a 200 with JSON, or with XML where it looks like it."""
        kind = b"application/xml" if self._body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else b"application/json"
        return Organic(cast(Response, SavedHead(len(self._body), ((b"Content-Type", kind),))), self._body, whole=True)


class NoProducts(Products):
    """Beside a saved response no product can be fetched."""

    def __init__(self) -> None:
        pass

    async def fetch(self, plan: Plan, ask: Ask, peer: Peer, ids: Iterable[str], within: float) -> Fetched:
        """None of them, and why."""
        return Fetched({}, f"not fetched, since the response is a saved one: {', '.join(ids)}")


@dataclass(frozen=True)
class SavedHead:
    """The head that a saved response no longer has."""

    length: int
    raw_headers: Sequence[tuple[bytes, bytes]]
    status: int = 200
    reason: bytes = b"OK"

    def header(self, name: bytes) -> bytes | None:
        """The value of a field."""
        return first(self.raw_headers, name)


class Overheard:
    """A client to the ad platform that remembers what was said; without a platform it only listens."""

    def __init__(self, url: str | None) -> None:
        self._client = client(url, "ad platform") if url else None
        self.origin = self._client.origin if self._client else Origin.parse("http://ad-platform.invalid")
        self.calls: list[Call] = []

    def send_now(self, request: bytes, **how: Any) -> None:
        """Nothing is kept between the calls of one story, so each is sent by `send`."""

    async def send(self, request: bytes, **how: Any) -> "OverheardResponse":
        """Send a call, and keep its body."""
        call = Call(request.partition(b"\r\n\r\n")[2])
        self.calls.append(call)
        if self._client is None:
            raise Refused("no ad platform was named")
        return OverheardResponse(await self._client.send(request, **how), call)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()


class OverheardResponse:
    """An answer whose body is kept when it is read."""

    def __init__(self, response: Response, call: Call) -> None:
        self._response = response
        self._call = call
        self.status = response.status
        self.header = response.header
        self.abandon = response.abandon

    def tell(self, limit: int, told: Callable[["OverheardResponse"], None]) -> None:
        """Call `told` once the body is there."""
        self._response.tell(limit, lambda response: told(self))

    def body(self, limit: int) -> bytes:
        """The whole body."""
        self._call.answer = self._response.body(limit)
        return self._call.answer
