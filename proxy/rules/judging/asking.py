"""What makes no sense in how a rule asks: `match`, `skip`, `auction` and their sources. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from proxy.rules.judging.finding import Found, Matter
from proxy.rules.matching.paths import PathPattern
from proxy.rules.reading.draft import Draft
from proxy.rules.reading.kinds import nearest
from proxy.rules.sources import Source, Sources

# -- match and skip ---------------------------------------------------------------


# How frameworks write a segment of any text: Express, Rails; Flask, Django; Next.js.
_ELSEWHERE: Final = re.compile(r":(\w+)\??|<(?:\w+:)?(\w+)>|\[(?:\.\.\.)?(\w+)\]")


def captures_of_others(rule: Draft) -> Iterator[Found]:
    for part in rule.get("match.path").text.split("/"):
        found = _ELSEWHERE.fullmatch(part)
        if found:
            name = next(filter(None, found.groups()))
            message = f"`{part}` takes only a segment of these very letters"
            yield Found("match.path", message, f"a segment of any text is written `{{{name}}}`", "warning")


def graphql(rule: Draft) -> Iterator[Found]:
    if not rule.given("match.graphql"):
        return
    if not rule.get("match.graphql.operation") and not rule.get("match.graphql.field"):
        yield Found("match.graphql", "neither `operation` nor `field` is given", "for example `operation: Search`")
    other = [method for method in rule.get("match.methods") if method not in ("GET", "POST")]
    if other:
        yield Found("match.methods", f"GraphQL is not sent with {other[0]}", "write [POST], or [GET, POST]")
    if not rule.given("match.methods"):
        hint = "write `methods: [POST]`, or `methods: [GET]` to confirm"
        yield Found("match.graphql", "only GET is taken, and GraphQL is mostly sent with POST", hint, "warning")


def skipped_always(rule: Draft) -> Iterator[Found]:
    for name in rule.get("skip.query"):
        if name in rule.get("match.query"):
            hint = "remove it from one of the two"
            yield Found("skip.query", f"`{name}` must be there by `match.query`: every request would be skipped", hint)
    if rule.given("skip.after_page"):
        for source in rule.get("skip.after_page.from"):
            if source.kind == "query" and source.name in rule.get("skip.query"):
                message = f"`{source.name}` stands under `skip.query`, too: its first page would be skipped"
                yield Found("skip.after_page.from", message, "remove it from `skip.query`")


def literal_for_a_shopper(rule: Draft) -> Iterator[Found]:
    why = {
        "skip.after_page.from": "says the same of every page",
        "auction.user": "makes one user of all shoppers",
        "auction.consent.from": "is not a shopper's consent",
    }
    for key, says in why.items():
        for source in _sources(rule, key):
            if not source.kind:
                yield Found(key, f"`{source}` is a fixed text; it {says}", "name a source such as cookie.NAME")


# -- sources ----------------------------------------------------------------------

SOURCE_KEYS: Final = (
    "skip.after_page.from",
    "auction.search_query",
    "auction.user",
    "auction.page.id",
    "auction.page.value",
    "auction.geo",
    "auction.device",
    "auction.consent.from",
    "cache.vary",
)


def _sources(rule: Draft, key: str) -> Sources:
    """The sources of a key, where it is given and could be read."""
    value = rule.values.get(key)
    return value if isinstance(value, Sources) else Sources()


def _all_sources(rule: Draft) -> Iterator[tuple[str, Source]]:
    keys = list(SOURCE_KEYS)
    for n in range(rule.count("banners")):
        keys += [f"banners[{n}].category", f"banners[{n}].search_query"]
    for key in keys:
        sources = _sources(rule, key)
        for n, source in enumerate(sources):
            yield (f"{key}[{n}]" if rule.is_list(key) else key), source


def captures(rule: Draft) -> Iterator[Found]:
    path: PathPattern = rule.get("match.path")
    for key, source in _all_sources(rule):
        if source.capture is not None and source.capture not in path.captures:
            near = nearest(source.capture, path.captures)
            known = ", ".join(f"path.{name}" for name in path.captures)
            hint = (
                f"did you mean `path.{near}`?"
                if near
                else f"there is {known}"
                if known
                else f"write `/{{{source.capture}}}`"
            )
            yield Found(key, f"`match.path` captures no `{source.capture}`", hint)


def bodies(rule: Draft) -> Iterator[Found]:
    if set(rule.get("match.methods")) - {"GET"}:
        return
    for key, source in _all_sources(rule):
        # GraphQL over HTTP puts into the query of a GET what a POST has in its body. A preset names every place where
        # its backend takes a value, also one that these methods do not reach.
        reached = source.kind == "body" and rule.given("match.graphql")
        if source.needs_body and not reached and not rule.of_preset(key):
            hint = "write `match.methods: [POST]`, or name another source"
            yield Found(key, f"`{source}` reads the body, and this rule takes only GET", hint)


# -- who gets ads -----------------------------------------------------------------


def arms(rule: Draft) -> Iterator[Found]:
    holdout, rollout = rule.get("holdout"), rule.get("rollout")
    if holdout == 100:
        yield Found("holdout", "nobody would ever get ads", "write less, or `mode: off`")
    elif rule.get("auction.user"):
        return
    elif rollout < 100:
        message = "without `auction.user` nobody can be told apart, and all stay organic"
        yield Found("rollout", message, "write where the user id is: `auction.user: cookie.tsuid`")
    elif holdout > 0:
        message = "without `auction.user` nobody can be told apart, and there is no control group"
        yield Found("holdout", message, "write where the user id is: `auction.user: cookie.tsuid`")


def user(rule: Draft) -> Iterator[Found]:
    if rule.get("auction.user"):
        return
    if rule.get("auction.hash_user"):
        yield Found("auction.hash_user", "there is no `user` to hash", "write `user`, or remove this")
    if rule.given("auction.consent"):
        yield Found("auction.consent", "there is no `user` to withhold", "write `user`, or remove this")


def slots(rule: Draft) -> Iterator[Found]:
    most, wanted = rule.get("auction.max_products"), rule.get("auction.slots")
    if wanted > most:
        message = f"{wanted} winners are asked for among {most} products"
        yield Found("auction.max_products", message, f"write {wanted} or more", "warning")


def device(rule: Draft) -> Iterator[Found]:
    if rule.given("auction.device") and not rule.given("banners"):
        yield Found(
            "auction.device", "only banners are asked for by device, and there are none", "remove it", "warning"
        )


MATTERS: Final[tuple[Matter, ...]] = (
    captures_of_others,
    graphql,
    skipped_always,
    literal_for_a_shopper,
    captures,
    bodies,
    arms,
    user,
    slots,
    device,
)
