"""Samples into figures, figures into Markdown. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import linear_regression, median


@dataclass(frozen=True)
class Sample:
    """One run of one subject on one workload: CPU in ms a request, requests a second, how busy its core was (0..1)."""

    cpu_ms: float
    per_second: float
    busy: float


@dataclass
class Samples:
    """All runs of one subject on one workload. Latencies in seconds, of all rounds together."""

    saturated: list[Sample] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)

    def cpu_ms(self) -> float:
        return median(sample.cpu_ms for sample in self.saturated)

    def per_second(self) -> float:
        return median(sample.per_second for sample in self.saturated)

    def busy(self) -> float:
        return median(sample.busy for sample in self.saturated)


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the smallest value that `share` (0..1] of all values do not exceed.

    Raises ValueError where there are no values.
    """
    if not values:
        raise ValueError("no values")
    rank = max(1, math.ceil(round(share * len(values), 9)))
    return sorted(values)[rank - 1]


def ratio(figure: float, ours: float) -> str:
    """How many times ours a figure is: "2.4×"."""
    return f"{significant(figure / ours)}×" if ours else "-"


def waits(latencies: Sequence[float]) -> str:
    """p50 / p99 in milliseconds, of latencies in seconds."""
    return " / ".join(significant(percentile(latencies, share) * 1000) for share in (0.5, 0.99))


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """How a cost grows: the slope of the line through the points when both axes are logarithms.

    0: not at all; 1: in proportion; 2: with the square. Raises ValueError for fewer than two sizes.
    """
    across, up = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    if len(set(across)) < 2:
        raise ValueError("growth needs two sizes")
    return linear_regression(across, up).slope


def significant(value: float, digits: int = 3) -> str:
    """A figure with three digits that mean something and no exponent: 0.134, 12.0, 1,340."""
    if value == 0:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    return f"{round(value, places):,.{max(0, places)}f}"


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; the first column to the left, the others to the right, padded so that it also reads as plain text."""
    lines = [list(header), *[list(row) for row in rows]]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]

    def line_of(cells: Sequence[str]) -> str:
        padded = [cells[0].ljust(widths[0])]
        padded += [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
        return "| " + " | ".join(padded) + " |"

    rule = "|" + "|".join(["-" * (widths[0] + 2)] + ["-" * (width + 1) + ":" for width in widths[1:]]) + "|"
    return "\n".join([line_of(lines[0]), rule, *[line_of(line) for line in lines[1:]]])


def figures(
    subjects: Sequence[str],
    workloads: Sequence[str],
    samples: Mapping[tuple[str, str], Samples],
    cell: str,
    ours: str,
) -> str:
    """One table of one figure: `cell` is "cpu", "throughput" or "latency"; a subject without samples gets a dash."""
    rows = []
    for subject in subjects:
        row = [subject]
        for workload in workloads:
            mine = samples.get((subject, workload))
            row.append(_cell(cell, mine, samples.get((ours, workload))))
        rows.append(row)
    return markdown(["", *workloads], rows)


def _cell(cell: str, mine: Samples | None, ours: Samples | None) -> str:
    if mine is None or not (mine.latencies if cell == "latency" else mine.saturated):
        return "-"
    if cell == "latency":
        return waits(mine.latencies)
    if cell == "throughput":
        # Where the subject's core had time to spare, the load was the limit and the figure says little.
        return f"{mine.per_second():,.0f}" + ("+" if mine.busy() < 0.85 else "")
    against = f" ({ratio(mine.cpu_ms(), ours.cpu_ms())})" if ours is not None and ours is not mine else ""
    return significant(mine.cpu_ms()) + against
