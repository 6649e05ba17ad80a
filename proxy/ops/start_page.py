"""The admin address's page for people: what runs, what is wrong, how each page does, the last visits. Pure."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from proxy.ops.exposition import House
from proxy.ops.metrics import BUCKETS, Histogram, Tally
from proxy.search.visit import Visit

_STYLE: Final = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884; vertical-align: top }
td.number { font-variant-numeric: tabular-nums }
pre { background: #c223; padding: .8rem; overflow-x: auto }
"""


def render(house: House, tally: Tally, visits: Sequence[Visit]) -> str:
    """The whole page."""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sponsored Proxy</title><style>{_STYLE}</style></head><body>
<h1>Sponsored Proxy</h1>
<p>{_state(house)}</p>
{_problems(house.problems)}
<h2>Pages</h2>
{_table(("page", "visits", "fill rate", "median added", "reasons"), _pages(house, tally))}
<h2>Last visits</h2>
{_table(("visit", "page", "reason", "ads", "status", "marketplace", "ads wait", "ours", "detail"), _visits(visits))}
</body></html>
"""


def _state(house: House) -> str:
    doing = "draining" if house.draining else "serving"
    workers = f"{house.workers_serving} of {house.workers_wanted} workers"
    return escape(f"Version {house.version}, {doing} with {workers}, book {house.book or 'none'}.")


def _problems(problems: Sequence[str]) -> str:
    if not problems:
        return ""
    text = escape("\n".join(problems))
    return f"<h2>Problems of the last edit</h2>\n<p>What was in force before it stays in force.</p>\n<pre>{text}</pre>"


def _pages(house: House, tally: Tally) -> Iterable[Sequence[str]]:
    for name in sorted({*house.pages, *tally.pages}):
        page = tally.pages.get(name)
        if page is None:
            yield (name, "0", "", "", "")
            continue
        reasons = sorted(page.reasons.items(), key=lambda reason: -reason[1])
        fill = f"{100 * page.winners / page.slots:.1f} %" if page.slots else ""
        told = ", ".join(f"{reason} {count}" for reason, count in reasons)
        yield (name, str(sum(page.reasons.values())), fill, median(page.added), told)


def _visits(visits: Sequence[Visit]) -> Iterable[Sequence[str]]:
    for v in visits:
        times = (f"{v.upstream_ms:.1f} ms", f"{v.ads_ms:.1f} ms", f"{v.proxy_ms:.1f} ms")
        yield (v.id, v.page, v.reason, str(v.winners), str(v.status), *times, v.detail)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>\n" for row in rows)
    return f"<table><tr>{head}</tr>\n{body}</table>"


def median(histogram: Histogram) -> str:
    """The bucket in which the median lies."""
    half, running = sum(histogram.counts) / 2, 0
    for bound, count in zip(BUCKETS, histogram.counts, strict=False):
        running += count
        if running and running >= half:
            return f"under {bound:g} ms"
    return f"over {BUCKETS[-1]:g} ms" if half else ""
