"""The story for machines: one JSON object, described in docs/explain.md. Pure.

Keys are only ever added; one that means something else gets another name.
"""

import json

from proxy.cli.explaining.advice import TO_DO
from proxy.cli.explaining.story import Fields, Story, added, listings, removed
from proxy.search.visit import Visit


def as_json(story: Story) -> str:
    """The whole story, nothing cut."""
    return json.dumps(_told(story), indent=2, ensure_ascii=False)


def _told(story: Story) -> dict[str, object]:
    visit = story.visit
    return {
        "request": {"method": story.method, "target": story.target},
        "rules": [{"page": v.rule.page, "takes": v.takes, "why": v.why} for v in story.verdicts],
        "page": story.rule.page if story.rule else None,
        "rule": story.written or None,
        "reason": str(visit.reason) if visit else None,
        "meaning": visit.reason.meaning if visit else None,
        "advice": story.cause.to_do or TO_DO[visit.reason] if visit else None,
        "detail": (story.cause.seen or visit.detail) if visit else "",
        "listings": _listings(story),
        "auctions": [{"sent": _read(call.sent), "answer": _read(call.answer)} for call in story.calls],
        "asked": story.asked,
        "winners": visit.winners if visit else 0,
        "banners": visit.banners if visit else 0,
        "fetched": visit.fetched if visit else 0,
        "headers": {"removed": _fields(removed(story)), "added": _fields(added(story))},
        "milliseconds": _milliseconds(visit),
    }


def _listings(story: Story) -> list[object]:
    return [
        {
            "organic": list(organic),
            "merged": [{"id": each.id, "rank": each.rank or None, "was": each.was} for each in shown],
            "titles": {id: story.titles[id] for id in organic if id in story.titles},
        }
        for organic, shown in listings(story.visit)
    ]


def _fields(fields: Fields) -> list[object]:
    return [{"name": name, "value": value} for name, value in fields]


def _milliseconds(visit: Visit | None) -> dict[str, float] | None:
    if visit is None:
        return None
    return {
        "search": round(visit.upstream_ms, 1),
        "auction": round(visit.ads_ms, 1),
        "proxy": round(visit.proxy_ms, 1),
    }


def _read(body: bytes | None) -> object:
    try:
        return None if body is None else json.loads(body)
    except (ValueError, RecursionError):
        return (body or b"").decode("utf-8", "replace")
