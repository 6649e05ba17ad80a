"""How the proxy itself is started: its rules, its flags, and variants of it.

Each variant is a subject like any other (`subjects.py`), so that what a feature
or a setting brings is measured in the same run, against the proxy without it.
"""

import sys
from collections.abc import Callable, Mapping, Sequence

from benchmarks.running import free_port
from benchmarks.subjects import Place, Subject

OURS = "sponsored-proxy"
KEY = {"SPONSORED_PROXY_ADS_KEY": "TSE_benchmark"}

RULE = """\
page: search
match: {path: "/search/{size}"}
products: {list: $.products, id: $.id}
auction: {slots: 2, search_query: query.q, timeout: 2s}
layout: {place: top}
"""
"""The job that all subjects do. The timeout is long: a slow subject shall still show ads, and be slow."""

SPECULATING = RULE.replace("timeout: 2s", "timeout: 2s, speculate: true")
# The load sends cookies: without `vary`, and without `public` in the answer, its requests would go past what is kept.
KEEPING = RULE + "cache: {ttl: 30s, vary: [cookie.tsuid, cookie.session]}\n"


def proxy(
    name: str,
    rule: str = RULE,
    *,
    others: int = 0,
    workers: int = 1,
    without: str = "",
    flags: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> Subject:
    """The proxy under a name.

    Args:
        rule: the rule of the search.
        others: so many rules more, none of which takes what is asked.
        workers: how many.
        without: one of the settings that `benchmarks.peers.ours_without` takes away.
        flags: more flags of `serve`.
        environment: more variables.
    """
    return Subject(name, _command(rule, others, workers, without, flags), environment={**KEY, **(environment or {})})


def alone(name: str) -> Subject:
    """The proxy without a parent (see `benchmarks.peers.ours_alone`)."""
    program = (sys.executable, "-m", "benchmarks.peers.ours_alone")
    return Subject(name, lambda place: [*program, str(place.port), place.marketplace, place.ads], environment=KEY)


def _command(rule: str, others: int, workers: int, without: str, flags: Sequence[str]) -> Callable[[Place], list[str]]:
    program = ("benchmarks.peers.ours_without", without) if without else ("proxy",)

    def command(place: Place) -> list[str]:
        rules = place.folder / "rules"
        rules.mkdir()
        (rules / "search.yaml").write_text(rule)
        if others:
            (rules / "others.yaml").write_text("\n".join(_other(number, rule) for number in range(others)))
        return [
            *(sys.executable, "-m", *program, "serve", "--workers", str(workers), "--rules", str(rules)),
            *("--listen", f"127.0.0.1:{place.port}", "--admin", f"127.0.0.1:{free_port()}"),
            *("--upstream", place.marketplace, "--ads-url", place.ads, "--data", str(place.folder / "data")),
            *flags,
        ]

    return command


def _other(number: int, rule: str) -> str:
    """An item of a list of rules: the same rule for another page."""
    own = rule.replace("page: search", f"page: other-{number}").replace("/search/", f"/other-{number}/")
    first, *rest = own.splitlines()
    return "\n".join([f"- {first}", *[f"  {line}" for line in rest]])
