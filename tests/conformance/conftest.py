"""What every block of the conformance suite stands on, and the table that it prints at its end.

One proxy serves all rows that need no settings of their own; each row has
markers of its own at the origin, so that rows never meet.
"""

import re

import pytest

from tests.conformance.ads import AdPlatform
from tests.conformance.origin import Origin, new_marker
from tests.conformance.running import Proxy, nginx_before, only_ours
from tests.conformance.stages import Stage

_results: dict[str, str] = {}
ROW = re.compile(r"[A-H]\d\d[a-z]?")


@pytest.fixture(scope="session")
def origin():
    origin = Origin()
    yield origin
    origin.stop_listening()


@pytest.fixture(scope="session")
def ads():
    platform = AdPlatform()
    yield platform
    platform.close()


@pytest.fixture(scope="session")
def proxy(origin, ads, tmp_path_factory):
    with Proxy(tmp_path_factory.mktemp("proxy"), origin.port, ads.port) as proxy:
        yield proxy


@pytest.fixture
def marker() -> bytes:
    """A word that no other test uses."""
    return new_marker()


@pytest.fixture
def another() -> bytes:
    return new_marker()


# -- the stages of block E ----


@pytest.fixture(scope="module")
def two_workers(origin, ads, tmp_path_factory):
    with Proxy(tmp_path_factory.mktemp("two-workers"), origin.port, ads.port, "--workers", "2") as proxy:
        yield proxy


@pytest.fixture(scope="module", params=["plain", "gzip", "br", "zstd", "two_workers", "behind_nginx"])
def stage(request, origin, proxy, tmp_path_factory):
    only_ours()
    if request.param == "two_workers":
        yield Stage(request.getfixturevalue("two_workers").port, origin)
    elif request.param == "behind_nginx":
        with nginx_before(proxy.port, tmp_path_factory.mktemp("nginx")) as port:
            yield Stage(port, origin)
    else:
        yield Stage(proxy.port, origin, b"" if request.param == "plain" else request.param.encode())


@pytest.fixture(scope="module")
def bare(proxy, origin):
    """One worker, an uncoded marketplace: for rows that bring a coding of their own."""
    only_ours()
    return Stage(proxy.port, origin)


# -- the table ---------------------------------------------------------------


def row_of(nodeid: str) -> str | None:
    """The row that a test stands for: its parameter's id, else its function's name."""
    name = nodeid.rpartition("::")[2]
    function, _, parameters = name.partition("[")
    for word in [*re.split(r"[-\]]", parameters), *function.split("_")]:
        if ROW.fullmatch(word):
            return word
    return None


WORSE = ("failed", "error", "xfailed", "skipped", "passed")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    row = row_of(report.nodeid) if "tests/conformance/" in report.nodeid else None
    if row is None or (report.passed and report.when != "call"):
        return
    outcome = "error" if report.failed and report.when != "call" else report.outcome
    if hasattr(report, "wasxfail"):
        outcome = "xfailed" if report.skipped else "passed"
    _results[row] = min(_results.get(row, outcome), outcome, key=WORSE.index)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _results:
        return
    terminalreporter.section("conformance, row by row")
    cells = [f"{row:<5} {_results[row]:<8}" for row in sorted(_results)]
    for start in range(0, len(cells), 8):
        terminalreporter.write_line("  ".join(cells[start : start + 8]).rstrip())
    counts = ", ".join(f"{list(_results.values()).count(name)} {name}" for name in WORSE)
    terminalreporter.write_line(f"{len(_results)} rows: {counts}")
