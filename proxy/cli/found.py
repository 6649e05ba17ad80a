"""What `init` tells on standard error: what it took and why, what came near, what to do next. Pure."""

import argparse
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit, urlunsplit

from proxy.cli.asked import media_type
from proxy.discovery import Discovery, Request, RunnerUp, Written
from proxy.discovery.finding import NOTHING
from proxy.discovery.lines import one_line
from proxy.discovery.markup import spelled

PROGRAM: Final = "sponsored-proxy"
MOST_SHOWN: Final = 6
_ADS: Final = "--ads-url http://127.0.0.1:8082 --ads-key-file ads.key"


def told(
    args: argparse.Namespace, discovery: Discovery, written: Written, request: Request | None, hindrance: str = ""
) -> str:
    """Everything there is to say about a rule that was written.

    Args:
        args: the command line.
        discovery: what was found.
        written: the rule.
        request: what the sample answers, where it is known.
        hindrance: why the proxy would merge nothing into such an answer; "" where it would.
    """
    return _text(
        [
            *_what(discovery, written),
            *_table(discovery.runners_up),
            *_doubts(discovery, written),
            *([f"This answer would stay without ads: {hindrance}."] if hindrance else []),
            "",
            *_next(args, request, written.proposal.page.name),
        ]
    )


def nothing_found(source: str, discovery: Discovery) -> str:
    """What was seen where no list looks like products."""
    lines = [f"{source}: no list in this response looks like products."]
    lines += [f"{why[0].upper()}{why[1:]}." for why in discovery.doubts if why != NOTHING]
    if discovery.runners_up:
        lines += ["", *_table(discovery.runners_up)]
    else:
        lines.append("There is no list of objects in it at all.")
    lines += ["", "Give the answer of a search that finds several products."]
    if discovery.runners_up:
        lines += [
            "If one of the lists above is it, write the rule by hand: its path goes to `products.list`; docs/rules.md",
            "says the rest.",
        ]
    return _text(lines)


def _text(lines: list[str]) -> str:
    return "".join(f"{one_line(line)}\n" for line in lines)


def _what(discovery: Discovery, written: Written) -> Iterator[str]:
    found = discovery.found
    assert found is not None
    count = sum(len(array.items) for array in found.candidate.arrays)
    yield f"Found {count} products in {discovery.list}, their ids in {discovery.id} ({_some(found.ids[0].values)})."
    because = "; ".join(found.because)
    if because:
        yield spelled(f"  Why: {because}.", discovery.root)
    backend = discovery.backend
    if backend is None:
        return
    seen = f"This looks like {backend.preset} ({', '.join(backend.because[:3])})"
    if written.proposal.preset:
        fit = discovery.fit
        own = f", but for the id: {fit.own_id}" if fit and fit.own_id else ""
        yield f"{seen}; its preset fits{own}."
        if fit and fit.only:
            yield (
                f"Only {len(fit.only.arrays)} of its {fit.whole} lists hold products; so that the others get no "
                f"auction, write `list: {fit.only}` under `products`."
            )
    else:
        yield f"{seen}, but its preset does not fit this sample: the rule says everything itself."


def _some(values: tuple[str, ...]) -> str:
    return ", ".join(value[:40] for value in values[:3]) + (", …" if len(values) > 3 else "")


def _table(runners_up: tuple[RunnerUp, ...]) -> Iterator[str]:
    shown = runners_up[:MOST_SHOWN]
    if not shown:
        return
    width = min(60, max(len(each.list) for each in shown))
    yield "Other lists in it, with points for how much they look like the products:"
    for each in shown:
        yield f"  {each.points:6.1f}  {each.list:<{width}}  {'; '.join(each.because[:4])}"


def _doubts(discovery: Discovery, written: Written) -> Iterator[str]:
    if discovery.sure:
        yield "Nothing else comes near."
    for doubt in discovery.doubts:
        yield f"not sure: {doubt}."
    if not written.proposal.path_known and not written.proposal.preset:
        yield "not sure: the path. A saved response does not say which request it answered; add --request 'GET URL'."
    if not written.takes:
        yield "not sure: the rule does not take the sample's own request; look at its `match`."
    if written.skipped:
        yield f"The sample's own request sorts or filters ({written.skipped}), so it would get no ads."


def _next(args: argparse.Namespace, request: Request | None, page: str) -> Iterator[str]:
    """The commands to run now, as they can be typed."""
    file = args.out if args.out is not None else Path(f"rules/{page}.yaml")
    rule, folder = shlex.quote(str(file)), shlex.quote(str(file.parent))
    yield "Next:"
    if args.out is None:
        yield f"  {PROGRAM} init {_words(args)} --out {rule}"
    yield f"  {PROGRAM} check {rule}"
    if request is not None:
        yield f"  {PROGRAM} explain {_words(args)} --rules {rule}"
    parts = urlsplit(request.url) if request is not None else urlsplit("")
    upstream = f"{parts.scheme}://{parts.netloc}" if parts.netloc else "https://YOUR-SEARCH-API"
    yield f"  {PROGRAM} sandbox --any --key-file ads.key"
    yield f"  {PROGRAM} serve --upstream {shlex.quote(upstream)} --rules {folder} {_ADS}"
    if request is not None and request.method in ("GET", "POST"):
        yield f"  curl -i {shlex.join(_through_the_proxy(args, request, parts))}"
    yield ""
    yield "The sandbox is an ad platform in which every product bids; give it and the proxy a terminal each."
    yield "For real ads leave it and --ads-url out, and put Topsort's key into ads.key."


def _through_the_proxy(args: argparse.Namespace, request: Request, parts: SplitResult) -> list[str]:
    """What curl is told, to ask the proxy what the sample was asked."""
    words = [word for header in args.header for word in ("-H", header)]
    if args.body is not None:
        said = any(header.lower().startswith("content-type:") for header in args.header)
        kind = [] if said else ["-H", f"Content-Type: {media_type(request.body or b'').decode()}"]
        words += [*kind, "--data-binary", f"@{args.body}"]
    if request.method != ("POST" if args.body is not None else "GET"):
        words += ["-X", request.method]
    return [*words, urlunsplit(("http", "127.0.0.1:8080", parts.path or "/", parts.query, ""))]


def _words(args: argparse.Namespace) -> str:
    """The sample as it was named on the command line."""
    words = [args.source]
    for flag in ("request", "body"):
        if getattr(args, flag):
            words += [f"--{flag}", str(getattr(args, flag))]
    for header in args.header:
        words += ["--header", header]
    return shlex.join(words)
