"""The drawings of the benchmarks: well-formed, everything on them, to scale."""

from xml.etree import ElementTree

from benchmarks.plots import bars, lines

SVG = "{http://www.w3.org/2000/svg}"


def test_bars_are_as_long_as_their_figures_and_the_shortest_comes_first() -> None:
    drawn = ElementTree.fromstring(bars("CPU", "ms a request", {"slow": 2.0, "ours & quick": 0.5}, "ours & quick"))
    ground, short, long = drawn.iter(f"{SVG}rect")
    assert float(long.get("width", 0)) == 4 * float(short.get("width", 0))
    assert short.get("fill") != long.get("fill")
    words = [text.text for text in drawn.iter(f"{SVG}text")]
    assert words == ["CPU, ms a request", "ours & quick", "0.500", "slow", "2.00"]
    assert ground.get("width") == "100%"


def test_growth_in_proportion_is_drawn_along_the_dotted_line() -> None:
    drawn = ElementTree.fromstring(lines("Growth", "how many", "ms", {"items": [(1, 1.0), (10, 10.0), (100, 100.0)]}))
    line = drawn.find(f"{SVG}polyline")
    dotted = next(each for each in drawn.iter(f"{SVG}line") if each.get("stroke-dasharray"))
    assert line is not None
    first, _, last = line.get("points", "").split()
    assert first == f"{dotted.get('x1')},{dotted.get('y1')}"
    assert last == f"{dotted.get('x2')},{dotted.get('y2')}"


def test_a_cost_that_never_changes_can_be_drawn() -> None:
    drawn = ElementTree.fromstring(lines("Growth", "rules", "ms", {"rules": [(1, 1.0), (1000, 1.0)]}))
    assert len(list(drawn.iter(f"{SVG}circle"))) == 2
