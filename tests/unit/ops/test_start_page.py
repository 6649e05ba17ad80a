from proxy.ops.exposition import House
from proxy.ops.metrics import Histogram, Metrics, read
from proxy.ops.start_page import median, render
from tests.unit.ops.visits import a_visit

QUIET = House("0.1.0", 3, "9f2c0011", ("search", "home"), (), 2, 2, 0, 2, 0, False)


def page(*visits, problems=()):
    metrics = Metrics()
    for visit in visits:
        metrics.visit(visit)
    house = House(**{**{name: getattr(QUIET, name) for name in QUIET.__dataclass_fields__}, "problems": problems})
    return render(house, read(metrics.snapshot({})), visits)


def test_every_page_in_force_stands_there_with_its_reasons():
    html = page(a_visit(), a_visit())
    assert "<td>search</td><td>2</td><td>66.7 %</td>" in html
    assert "served 2" in html
    assert "<td>home</td><td>0</td>" in html


def test_problems_stand_there_only_where_there_are_some():
    assert "Problems" not in page()
    assert "slotz" in page(problems=("search.yaml:2 slotz",))


def test_nothing_that_comes_from_outside_is_markup():
    html = page(a_visit(detail="<script>x</script>"), problems=("<img src=x>",))
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html


def test_the_median_is_told_by_its_bucket():
    histogram = Histogram()
    assert median(histogram) == ""
    for milliseconds in (1, 2, 3):
        histogram.add(milliseconds)
    assert median(histogram) == "under 2.5 ms"
    for _ in range(9):
        histogram.add(1e6)
    assert median(histogram) == "over 10000 ms"
