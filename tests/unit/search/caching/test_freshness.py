"""RFC 9111 section 4.2, as tables."""

import pytest

from proxy.ask import Ask
from proxy.search.caching.freshness import Moment, Wanted, freshness, http_date, says_how_long, wanted

WALL = 784_111_777.0  # Sun, 06 Nov 1994 08:49:37 GMT
AT = Moment(asked=100.0, answered=100.0, wall=WALL)
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"


def lines(*fields: str) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, _, value in (field.partition(": ") for field in fields)]


@pytest.mark.parametrize(
    "date", ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
)
def test_the_three_forms_of_a_date_are_one(date: str) -> None:
    assert http_date(date.encode()) == WALL


@pytest.mark.parametrize("date", ["", "0", "-1", "soon", "Sun, 99 Nov 1994 08:49:37 GMT", "\xff", "1 2 3 4 5 6 7"])
def test_what_is_no_date_is_none(date: str) -> None:
    assert http_date(date.encode("latin-1")) is None


@pytest.mark.parametrize(
    ("fields", "delay", "age"),
    [
        ([], 0, 0),
        ([f"Date: {DATE}"], 0, 0),
        (["Date: Sun, 06 Nov 1994 08:49:27 GMT"], 0, 10),
        (["Date: Sun, 06 Nov 1994 09:49:27 GMT"], 0, 0),
        (["Age: 7"], 0, 7),
        (["Age: 7"], 3, 10),
        (["Age: 7", "Date: Sun, 06 Nov 1994 08:49:27 GMT"], 0, 10),
        (["Age: 12", "Date: Sun, 06 Nov 1994 08:49:27 GMT"], 0, 12),
        (["Age: old"], 0, 0),
        (["Age: 7, 8"], 0, 7),
    ],
)
def test_age_at_arrival(fields: list[str], delay: float, age: float) -> None:
    assert freshness(lines(*fields), Moment(100.0 - delay, 100.0, WALL)).age == age


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ([], None),
        (["Last-Modified: Sun, 06 Nov 1993 08:49:37 GMT"], None),
        (["Cache-Control: public"], None),
        (["Cache-Control: max-age=60"], 60),
        (["Cache-Control: max-age=60, s-maxage=30"], 30),
        (["Cache-Control: max-age=60", "Age: 20"], 40),
        (["Cache-Control: max-age=60", "Age: 90"], 0),
        (["Cache-Control: no-cache, max-age=60"], 0),
        (["Expires: Sun, 06 Nov 1994 08:50:37 GMT", f"Date: {DATE}"], 60),
        (["Expires: Sun, 06 Nov 1994 08:50:37 GMT"], 60),
        (["Expires: Sun, 06 Nov 1994 08:50:37 GMT", "Cache-Control: max-age=5"], 5),
        (["Expires: 0"], 0),
        ([f"Expires: {DATE}", "Expires: Sun, 06 Nov 1994 08:50:37 GMT"], 0),
    ],
)
def test_what_an_answer_says_of_its_freshness(fields: list[str], said: float | None) -> None:
    assert freshness(lines(*fields), AT).said == said


@pytest.mark.parametrize(
    ("fields", "lasts"), [([], 30), (["Cache-Control: max-age=60"], 30), (["Cache-Control: max-age=10"], 10)]
)
def test_ttl_is_the_cap_and_what_counts_where_nothing_is_said(fields: list[str], lasts: float) -> None:
    assert freshness(lines(*fields), AT).lasts(30) == lasts


@pytest.mark.parametrize(
    ("control", "rule", "resident", "stands_in"),
    [
        ("max-age=10", 0, 10, True),
        ("max-age=10", 0, 11, False),
        ("max-age=10", 300, 310, True),
        ("max-age=10", 300, 311, False),
        ("max-age=10, stale-if-error=60", 0, 70, True),
        ("max-age=10, stale-if-error=60", 0, 71, False),
        ("max-age=10, stale-if-error=60", 300, 310, True),
        ("max-age=10, must-revalidate", 300, 11, False),
        ("max-age=10, must-revalidate, stale-if-error=60", 300, 11, False),
        ("max-age=10, proxy-revalidate", 300, 11, False),
        ("no-cache", 300, 1, False),
        ("s-maxage=10", 300, 11, False),
        ("s-maxage=10, stale-if-error=60", 0, 70, True),
    ],
)
def test_when_a_stale_answer_may_stand_in(control: str, rule: float, resident: float, stands_in: bool) -> None:
    assert freshness(lines(f"Cache-Control: {control}"), AT).stands_in(3600, rule, resident) is stands_in


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        (["Cache-Control: max-age=0"], True),
        (["Cache-Control: s-maxage=1"], True),
        (["Expires: 0"], True),
        (["Cache-Control: public"], False),
        ([], False),
    ],
)
def test_who_says_how_long(fields: list[str], says: bool) -> None:
    assert says_how_long(lines(*fields)) is says


@pytest.mark.parametrize(
    ("fields", "want"),
    [
        ([], Wanted()),
        (["Cache-Control: no-cache"], Wanted(validated=True)),
        (["Pragma: No-Cache"], Wanted(validated=True)),
        (["Pragma: no-cache", "Cache-Control: max-age=5"], Wanted(max_age=5)),
        (["Cache-Control: min-fresh=5, no-store"], Wanted(min_fresh=5, not_kept=True)),
        (["Cache-Control: only-if-cached, max-stale=60"], Wanted()),
    ],
)
def test_what_a_request_wants(fields: list[str], want: Wanted) -> None:
    assert wanted(Ask("GET", "/", lines(*fields))) == want


@pytest.mark.parametrize(
    ("want", "resident", "takes"),
    [
        (Wanted(), 59, True),
        (Wanted(), 60, False),
        (Wanted(validated=True), 0, False),
        (Wanted(max_age=10), 3, True),
        (Wanted(max_age=10), 4, False),  # it came seven seconds old
        (Wanted(min_fresh=10), 49, True),
        (Wanted(min_fresh=10), 50, False),
    ],
)
def test_what_will_do(want: Wanted, resident: float, takes: bool) -> None:
    fresh = freshness(lines("Cache-Control: max-age=67", "Age: 7"), AT)
    assert want.takes(fresh, 3600, resident) is takes
