"""Values of others' JSON, as what they mean."""

import pytest

from proxy.events.taking.segment.values import inside, merged, number_of, rfc3339, text_of, whole_number_of


@pytest.mark.parametrize(
    ("value", "text"),
    [("t", "t"), ("", ""), (5, "5"), (1.5, "1.5"), (True, "true"), (None, None), ([1], None), ({}, None)],
)
def test_numbers_and_truths_can_be_text(value, text):
    assert text_of(value) == text


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (5, 5),
        (1.5, 1.5),
        ("5", 5),
        ("1.5", 1.5),
        ("-1e2", -100.0),
        ("x", "x"),
        ("", ""),
        ("NaN", "NaN"),
        ("true", "true"),
    ],
)
def test_text_can_be_a_number(value, number):
    assert number_of(value) == number


@pytest.mark.parametrize(
    ("value", "number"),
    [(2, 2), (2.0, 2), ("2", 2), ("2.0", 2), (2.5, 2.5), (float("inf"), float("inf")), (None, None)],
)
def test_a_number_without_a_fraction_is_whole(value, number):
    assert whole_number_of(value) == number
    assert type(whole_number_of(value)) is type(number)


def test_the_right_side_wins_and_null_says_nothing():
    assert merged({"a": 1, "b": 1}, {"b": 2, "c": None}, {"c": 3, "a": None}) == {"a": 1, "b": 2, "c": 3}


def test_what_is_no_object_says_nothing():
    assert inside({"a": {"b": 1}}, "a") == {"b": 1}
    for value in (None, 1, "text", [1]):
        assert inside({"a": value}, "a") == {}
    assert inside({}, "a") == {}


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31T12:59:59.1234567Z", "2026-01-31T12:59:59.1234567Z"),
        ("2026-01-31T12:59:59+0100", "2026-01-31T12:59:59+01:00"),
        ("2026-01-31 12:59:59", "2026-01-31T12:59:59+00:00"),
        ("2026-01-31", "2026-01-31T00:00:00+00:00"),
        ("yesterday", "yesterday"),
        ("", ""),
    ],
)
def test_times_of_iso_8601_are_made_times_of_rfc_3339(text, moment):
    assert rfc3339(text) == moment
