"""Moments, as RFC 3339 writes them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from proxy.topsort.moments import read_moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31T12:59:59Z", datetime(2026, 1, 31, 12, 59, 59, tzinfo=UTC)),
        ("2026-01-31t12:59:59z", datetime(2026, 1, 31, 12, 59, 59, tzinfo=UTC)),
        ("2009-01-01T12:59:59-05:00", datetime(2009, 1, 1, 12, 59, 59, tzinfo=timezone(timedelta(hours=-5)))),
        ("2021-10-12T07:20:50.52Z", datetime(2021, 10, 12, 7, 20, 50, 520_000, tzinfo=UTC)),
        ("2024-02-29T00:00:00.1234567891234-00:00", datetime(2024, 2, 29, 0, 0, 0, 123_456, tzinfo=UTC)),
        ("1990-12-31T23:59:60Z", datetime(1990, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_to_the_microsecond(text, moment):
    assert read_moment(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-01-31",
        "2026-01-31T12:59:59",
        "2026-01-31 12:59:59Z",
        "2026-01-31T12:59Z",
        "2026-01-31T12:59:59+0100",
        "2026-01-31T12:59:59,5Z",
        "2026-01-31T24:00:00Z",
        "2026-01-31T12:59:61Z",
        "2026-01-31T12:59:59+24:00",
        "2026-02-30T12:59:59Z",
        "2026-13-01T12:59:59Z",
        "0000-01-01T00:00:00Z",
        "2026-W05-6T12:59:59Z",
        "٢٠٢٦-01-31T12:59:59Z",
        "1769860799",
        "2026-01-31T12:59:59Z\n",
    ],
)
def test_what_is_no_moment_of_the_rfc_is_none(text):
    assert read_moment(text) is None
