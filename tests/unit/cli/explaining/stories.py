"""Stories for tests: a search page with two slots, unless it is said otherwise."""

from proxy.cli.explaining.story import Story
from proxy.reasons import Reason
from proxy.rules.book import Verdict
from proxy.search.visit import Visit
from tests.builders import a_rule

RULE = a_rule(slots=2)


def a_visit(**what: object) -> Visit:
    known = {"id": "x", "page": "search", "reason": Reason.SERVED, "status": 200, "method": "GET", "path": "/"}
    return Visit(**(known | {"book": "b"} | what))  # type: ignore[arg-type]


def a_story(visit: Visit | None = None, **what: object) -> Story:
    known = {
        "method": "GET",
        "target": "/api/search?q=x",
        "verdicts": [Verdict(RULE, True, "everything under `match` holds")],
        "rule": RULE,
        "visit": visit or a_visit(),
        "asked": True,
    }
    return Story(**(known | what))  # type: ignore[arg-type]
