import msgspec
from msgspec import UNSET

from proxy.search.lossless.quality import LEAST, falling, measured


def raws(*values):
    return [msgspec.Raw(value) for value in values]


def test_quality_falls_from_one():
    assert falling(range(4), 4) == [1.0, 0.75, 0.5, 0.25]
    assert falling([1, 3], 4) == [0.75, 0.25]


def test_scores_over_one_are_divided_by_the_highest():
    assert measured(raws(b"4", b"1", b"0", b"-1")) == [1.0, 0.25, LEAST, LEAST]
    assert measured(raws(b"0.5", b"1")) == [0.5, 1.0]


def test_what_is_no_number_has_the_least_score():
    assert measured([UNSET, *raws(b'"9"', b"null", b"1E400", b"2", b"-1E400")]) == [LEAST] * 4 + [1.0, LEAST]
    assert measured([]) == []
