"""How cost grows: with items in a list, with rules, with visits at once.

Each is measured over factors of ten or so, and told as an exponent: 0 is a cost
that does not grow, 1 one that grows in proportion, 2 one with the square. Beside
the exponent over all sizes stands the one of the last step, in which what is
constant at first weighs least.
"""

import contextlib
import resource
import statistics
from collections.abc import Callable, Sequence

from benchmarks import load, meter, plots, table
from benchmarks.bodies import COUNTS, is_merged, listing
from benchmarks.ours import OURS, proxy
from benchmarks.report import Section
from benchmarks.stage import Stage
from benchmarks.workloads import Entrant, Workload, check, saturated, warm

RULES = (1, 10, 100, 1000)
VISITS = (1, 10, 100, 1000, 2000)
INJECT = Workload("inject 12 KB", "/search/12?q=jacket", 12)
Points = list[tuple[float, float]]


def section(stage: Stage) -> Section:
    """All three, as a table of exponents, tables of figures, and plots."""
    with stage.up(proxy(OURS)) as entrant:
        warm(entrant, INJECT)
        items = of_items(entrant, stage)
    rules = of_rules(stage)
    _allow_files(max(VISITS))
    with stage.up(proxy(OURS, flags=("--max-connections", "4096"))) as entrant:
        check(entrant, INJECT)
        warm(entrant, INJECT)
        visits, memory = of_visits(entrant, stage)
    series = {"items in the list": items, "rules": rules, "visits at once": visits}
    rows = [[name, *_row(points)] for name, points in series.items()]
    return Section(
        "How cost grows",
        [
            "CPU a request, by how much there is; the exponent is 0 for a cost that does not grow and 1 for one that "
            "grows in proportion. CPU of all visits at once grows with their number times what one costs.",
            table.markdown(["", "from, to", "CPU ms a request", "exponent", "of the last step"], rows),
            *_tables(series),
            "Resident memory by visits at once, MB: "
            + ", ".join(f"{count:,.0f}: {table.significant(size)}" for count, size in memory)
            + ".",
        ],
        {"growth.svg": plots.lines("How cost grows", "how many", "CPU ms a request", series)},
    )


def of_items(entrant: Entrant, stage: Stage) -> Points:
    """CPU ms a request by the items of the page."""
    paths = {count: f"/search/items{count}?q=jacket" for count in COUNTS}
    for count, path in paths.items():
        _, body = load.fetch(entrant.port, path)
        if not is_merged(listing(count), body):
            raise RuntimeError(f"a wrong answer for {count} items")
    return _medians(stage, COUNTS, lambda count, seconds: saturated(entrant, paths[count], seconds))


def of_rules(stage: Stage) -> Points:
    """CPU ms a request by the rules that are loaded; one of them takes it."""
    with contextlib.ExitStack() as stack:
        entrants = {count: stack.enter_context(stage.up(proxy(OURS, others=count - 1))) for count in RULES}
        for entrant in entrants.values():
            check(entrant, INJECT)
            warm(entrant, INJECT)
        return _medians(stage, RULES, lambda count, seconds: saturated(entrants[count], INJECT.path, seconds))


def of_visits(entrant: Entrant, stage: Stage) -> tuple[Points, Points]:
    """CPU ms a request, and megabytes afterwards, by the visits that are under way at once."""
    points: Points = []
    memory: Points = []
    for count in VISITS:
        points += _medians(stage, (count,), lambda many, seconds: saturated(entrant, INJECT.path, seconds, many))
        memory.append((count, sum(meter.memory_mb(entrant.pid))))
    return points, memory


def _medians(stage: Stage, sizes: Sequence[int], run: Callable[[int, float], table.Sample]) -> Points:
    runs = [{size: run(size, stage.effort.saturate).cpu_ms for size in sizes} for _ in range(stage.effort.rounds)]
    return [(size, statistics.median(each[size] for each in runs)) for size in sizes]


def _row(points: Points) -> list[str]:
    (few, cheap), (many, dear) = points[0], points[-1]
    grown = [f"{table.exponent(which):.2f}" for which in (points, points[-2:])]
    return [f"{few:,} to {many:,}", f"{table.significant(cheap)} to {table.significant(dear)}", *grown]


def _tables(series: dict[str, Points]) -> list[str]:
    return [
        table.markdown(
            [name, *[f"{size:,}" for size, _ in points]], [["CPU ms", *[table.significant(y) for _, y in points]]]
        )
        for name, points in series.items()
    ]


def _allow_files(connections: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + 256
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard) if hard > 0 else wanted, hard))
