"""The platform's page for people: what its ads did, who paid, what came in last. Pure.

One document, without scripts or anything to fetch. Every word that came from
outside is escaped: ids are whatever a shopper's browser says they are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from importlib.resources import files

from proxy.sandbox.books import Kept
from proxy.sandbox.budget import Spent
from proxy.sandbox.campaigns import MICROS, Campaign, Market
from proxy.sandbox.report import Day, Figures, by_campaign, name_of, total

_STYLE = (files(__package__) / "static" / "report.css").read_text("utf-8")
_HEADS = ("impressions", "clicks", "CTR", "spend", "CPC", "sold", "sales", "ROAS")
_NONE = '<span class="none">–</span>'
_SINGULAR = {"impressions": "impression", "clicks": "click", "purchases": "purchase", "pageviews": "page view"}


@dataclass(frozen=True, slots=True)
class Account:
    """A campaign, why it does not bid just now (None where it does), and what it has spent."""

    campaign: Campaign
    silent: str | None
    spent: Spent


def render(
    market: Market,
    accounts: Sequence[Account],
    lines: Sequence[Day],
    latest: Sequence[Kept],
    counts: Mapping[str, int],
    chosen: tuple[str | None, str | None],
) -> str:
    """The whole page; `chosen` are the campaign and the day that the lines were narrowed to."""
    return f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>What the ad platform saw</title><style>{_STYLE}</style></head>
<body>
<header class="top">
<div><h1>What the ad platform saw</h1><p>{_taken(counts)}</p></div>
<nav aria-label="The same as JSON"><a href="/_sandbox/">Reload</a><a href="/_sandbox/report">Report</a>
<a href="/_sandbox/events">Events</a><a href="/_sandbox/campaigns">Campaigns</a>
<a href="/_sandbox/behaviour">Behaviour</a></nav>
</header>
<main>
{_tiles(total(lines), market.currency)}
{_filters(market, lines, chosen)}
<h2>Campaigns</h2>
{_campaigns(accounts, by_campaign(lines))}
<h2>Products, day by day</h2>
{_days(lines, market)}
<h2>What came in last</h2>
{_events(latest, market)}
</main>
</body></html>
"""


def _taken(counts: Mapping[str, int]) -> str:
    again = f", {counts['duplicates']:,} came again" if counts["duplicates"] else ""
    return f"{counts['unique']:,} events in {counts['requests']:,} requests{again}"


def _tiles(sums: Figures, currency: str) -> str:
    tiles = zip(_HEADS, _shown(sums), ("", "", "", "money", "money", "worth", "worth", "worth"), strict=True)
    shown = "".join(f'<div class="{look}"><dt>{head}</dt><dd>{value}</dd></div>' for head, value, look in tiles)
    return f'<dl class="tiles" aria-label="In all, money in {escape(currency)}">{shown}</dl>'


def _shown(figures: Figures) -> Sequence[str]:
    return (
        f"{figures.impressions:,}",
        f"{figures.clicks:,}",
        _NONE if figures.ctr is None else f"{100 * figures.ctr:.1f} %",
        _money(figures.spend),
        _NONE if figures.cpc is None else _money(figures.cpc),
        f"{figures.sold:,}",
        _money(figures.sales),
        _NONE if figures.roas is None else f"{figures.roas:.1f}",
    )


def _filters(market: Market, lines: Sequence[Day], chosen: tuple[str | None, str | None]) -> str:
    campaign, day = chosen
    names = [one.name for one in market.campaigns]
    days = sorted({line.day for line in lines} | ({day} if day else set()), reverse=True)
    return (
        '<form action="/_sandbox/">'
        f'<label>Campaign <select name="campaign">{_options("every campaign", names, campaign)}</select></label>'
        f'<label>Day <select name="day">{_options("every day", days, day)}</select></label>'
        "<button>Show</button></form>"
    )


def _options(every: str, values: Iterable[str], chosen: str | None) -> str:
    options = [f'<option value="">{every}</option>']
    for value in values:
        selected = " selected" if value == chosen else ""
        options.append(f"<option{selected}>{escape(value)}</option>")
    return "".join(options)


def _campaigns(accounts: Sequence[Account], sums: Mapping[str, Figures]) -> str:
    """Those that were seen, the dearest first; then the names of the others."""
    seen = [(sums[id], account) for account in accounts if (id := str(account.campaign.uuid)) in sums]
    unseen = [account for account in accounts if str(account.campaign.uuid) not in sums]
    seen.sort(key=lambda one: (-one[0].spend, -one[0].impressions))
    rows = [f"<td>{_named(account)}</td>{_cells(figures)}<td>{_budget(account)}</td>" for figures, account in seen]
    others = "".join(f"<li>{_named(account)}</li>" for account in unseen)
    rest = f"<details><summary>{len(unseen)} of them without an ad seen</summary><ul>{others}</ul></details>"
    return _table(("campaign", *_HEADS, "budget"), rows, "No ad was seen yet.") + (rest if unseen else "")


def _named(account: Account) -> str:
    silent = f'<span class="silent">{escape(account.silent)}</span>' if account.silent else ""
    return f'<span class="name">{escape(account.campaign.name)}</span>{silent}'


def _budget(account: Account) -> str:
    budget = account.campaign.budget
    bound = budget.daily if budget.daily is not None else budget.total
    if bound is None:
        return _NONE
    spent = account.spent.today if budget.daily is not None else account.spent.total
    label = f"{_money(spent)} of {_money(bound)}{' today' if budget.daily is not None else ''}"
    return f'<meter min="0" max="{bound}" value="{min(spent, bound)}">{label}</meter><span class="soft">{label}</span>'


def _days(lines: Sequence[Day], market: Market) -> str:
    rows = [
        f'<td>{escape(line.day)}</td><td class="name">{escape(line.product)}</td>'
        f"<td>{escape(name_of(line.campaign, market))}</td>{_cells(line.figures)}"
        for line in lines
    ]
    return _table(("day", "product", "campaign", *_HEADS), rows, "No ad was seen yet.")


def _events(latest: Sequence[Kept], market: Market) -> str:
    rows = []
    for event in latest:
        whose = name_of(event.campaign, market) if event.campaign is not None else ""
        look = "kind ad" if event.campaign is not None else "kind"
        cost = _money(event.charged) if event.charged else ""
        rows.append(
            f'<td>{_moment(event.at)}</td><td><span class="{look}">{_SINGULAR.get(event.kind, "")}</span></td>'
            f'<td class="name">{escape(event.product or "")}</td><td>{escape(whose)}</td><td class="n">{cost}</td>'
            f'<td class="id">{escape(event.user)}</td><td class="id">{escape(event.id)}</td>'
        )
    return _table(("when (UTC)", "what", "product", "campaign", "cost", "user", "id"), rows, "Nothing came in yet.")


def _table(heads: Sequence[str], rows: Sequence[str], empty: str) -> str:
    if not rows:
        return f'<div class="wide"><p class="empty">{empty}</p></div>'
    head = "".join(f'<th{_right(text)} scope="col">{text}</th>' for text in heads)
    body = "\n".join(f"<tr>{row}</tr>" for row in rows)
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="table"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _right(head: str) -> str:
    return ' class="n"' if head in _HEADS or head == "cost" else ""


def _cells(figures: Figures) -> str:
    return "".join(f'<td class="n">{cell}</td>' for cell in _shown(figures))


def _money(micros: float) -> str:
    return f"{micros / MICROS:,.2f}"


def _moment(at: float) -> str:
    try:
        return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError):
        return f"{at:.0f}"
