"""Who may know whom. An arrow that points the wrong way is a design that has slipped."""

import ast

import pytest

from tests.house.plan import FILES, HOUSE, MODULES, PROXY, imports_of, name_of, ours, wing_of

GROUND = {"errors", "clock", "ask", "reasons", "crawlers", "sent"}
"""Files beside the wings, which every wing may know unless it says otherwise below."""

MAY_KNOW = {
    "topsort": set(),
    "wire": {"errors", "clock"},
    "rules": {"errors", "ask"},
    "discovery": {"rules", "errors", "ask"},
    "sandbox": {"topsort", "errors"},
    "auction": GROUND | {"rules", "topsort", "wire"},
    "events": GROUND | {"rules", "topsort", "wire"},
    "search": GROUND | {"rules", "auction", "wire"},
    "ops": GROUND | {"search", "events", "auction", "rules"},
    "server": GROUND | {"rules", "auction", "events", "search", "topsort", "wire", "ops"},
    "cli": GROUND
    | {"rules", "auction", "events", "search", "topsort", "wire", "ops", "server", "sandbox", "discovery"},
    "__main__": {"cli"},
    **dict.fromkeys(GROUND, GROUND),
}

# Pure by the plan of the house; a file whose law says "Pure." joins them by itself.
PURE = {
    "ask",
    "reasons",
    *(f"rules/{name}" for name in ("rule", "selector", "sources", "book", "problems")),
    *(f"search/{name}" for name in ("headers", "listing", "merge", "visit", "eligibility")),
    *(f"auction/{name}" for name in ("question", "winners", "foresight", "breaker")),
    *(f"events/{name}" for name in ("backoff", "event", "taking/batch", "taking/guard")),
    "topsort/v1",
    "topsort/v2",
}
IMPURE = {
    "aiohttp",
    "asyncio",
    "sqlite3",
    "redis",
    "time",
    "random",
    "socket",
    "ssl",
    "threading",
    "subprocess",
    "uvloop",
}


def is_pure(file) -> bool:
    law = ast.get_docstring(ast.parse(file.read_text())) or ""
    return "Pure." in law or str(file.relative_to(PROXY).with_suffix("")) in PURE


def test_every_wing_has_its_place_in_the_plan():
    assert {wing_of(name) for name in MODULES} - {""} <= set(MAY_KNOW)


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_every_arrow_points_the_right_way(file):
    wing = wing_of(name_of(file))
    if wing:
        wrong = {name for name in ours(file) if wing_of(name) not in MAY_KNOW[wing] | {wing}}
        assert not wrong, f"{name_of(file)} must not know {wrong}"


ROOMS_OF_EVENTS = {
    "taking": {"keeping.outbox"},
    "taking.rates": {"keeping.outbox", "keeping.streams"},
    "keeping": set(),
    "delivering": {"keeping.outbox"},
}
"""Taking and delivering meet in the outbox, whatever it is made of; only what machines tell each other goes by Redis."""


@pytest.mark.parametrize("file", [file for file in FILES if file.is_relative_to(PROXY / "events")], ids=name_of)
def test_taking_and_delivering_meet_in_the_outbox_alone(file):
    def is_in(room: str, module: str) -> bool:
        return f"{module}.".startswith(f"proxy.events.{room}.")

    room = max((room for room in ROOMS_OF_EVENTS if is_in(room, name_of(file))), key=len, default="")
    known = ROOMS_OF_EVENTS.get(room, set()) | {room.partition(".")[0]}
    others = {name for name in ours(file) if any(is_in(other, name) for other in ROOMS_OF_EVENTS)}
    wrong = {name for name in others if not any(is_in(one, name) for one in known)}
    assert not wrong, f"{name_of(file)} must not know {wrong}"


@pytest.mark.parametrize("file", [file for file in FILES if is_pure(file)], ids=name_of)
def test_a_pure_file_touches_nothing(file):
    assert not {name.split(".")[0] for name in imports_of(file)} & IMPURE
    awaiting = (ast.Await, ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith)
    assert not any(isinstance(node, awaiting) for node in ast.walk(ast.parse(file.read_text())))


def test_no_file_knows_itself_through_others():
    graph = {name: ours(file) for name, file in MODULES.items()}
    done: set[str] = set()

    def walk(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, f"a circle: {' -> '.join((*path[path.index(name) :], name))}"
        if name not in done:
            for other in graph[name]:
                walk(other, (*path, name))
            done.add(name)

    for name in graph:
        walk(name, ())


@pytest.mark.parametrize("file", [file for file in FILES if file.name != "__init__.py"], ids=name_of)
def test_a_file_opens_with_its_law(file):
    assert ast.get_docstring(ast.parse(file.read_text())), f"{file.relative_to(HOUSE)} says not what it is for"
