"""The figures of the benchmarks."""

import pytest

from benchmarks.table import Sample, Samples, exponent, figures, markdown, percentile, ratio, significant


@pytest.mark.parametrize(("share", "value"), [(0.01, 1), (0.5, 50), (0.505, 51), (0.99, 99), (0.999, 100), (1.0, 100)])
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(share: float, value: int) -> None:
    assert percentile(list(range(100, 0, -1)), share) == value


def test_no_values_have_no_percentile() -> None:
    with pytest.raises(ValueError):
        percentile([], 0.5)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.13449, "0.134"), (0.0172, "0.0172"), (12, "12.0"), (1340.4, "1,340"), (9.9999, "10.00")],
)
def test_figures_have_three_digits_that_mean_something(value: float, text: str) -> None:
    assert significant(value) == text


def test_a_ratio_says_times_ours() -> None:
    assert ratio(0.3, 0.1) == "3.00×"
    assert ratio(0.3, 0.0) == "-"


def test_a_table_also_reads_as_plain_text() -> None:
    assert markdown(["", "a"], [["nginx", "1"], ["go", "22"]]).splitlines() == [
        "|       |  a |",
        "|-------|---:|",
        "| nginx |  1 |",
        "| go    | 22 |",
    ]


def test_the_median_of_the_rounds_stands_beside_how_many_times_ours_it_is() -> None:
    samples = {
        ("ours", "inject"): Samples([Sample(0.1, 9000, 1.0), Sample(0.2, 5000, 1.0), Sample(0.3, 4000, 1.0)]),
        ("peer", "inject"): Samples([Sample(0.5, 2000, 0.5)], [0.001, 0.003]),
    }
    cpu = figures(["ours", "peer", "absent"], ["inject"], samples, "cpu", "ours")
    assert [line.split("|")[2].strip() for line in cpu.splitlines()[2:]] == ["0.200", "0.500 (2.50×)", "-"]
    assert "2,000+" in figures(["peer"], ["inject"], samples, "throughput", "ours")
    assert "1.00 / 3.00" in figures(["peer"], ["inject"], samples, "latency", "ours")


@pytest.mark.parametrize(("power", "costs"), [(0, [3, 3, 3]), (1, [2, 20, 200]), (2, [1, 100, 10000])])
def test_an_exponent_says_how_a_cost_grows(power: int, costs: list[int]) -> None:
    assert exponent(list(zip([10, 100, 1000], costs, strict=True))) == pytest.approx(power)


def test_one_size_says_nothing_about_growth() -> None:
    with pytest.raises(ValueError, match="two sizes"):
        exponent([(10, 1.0), (10, 2.0)])
