"""When somebody who is busy wants to be asked again."""

import pytest

from proxy.wire.retry_after import seconds_of


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"0", 0.0),
        (b" 120 ", 120.0),
        (b"9" * 400, 9999999999.0),
        (b"Tue, 14 Nov 2023 22:13:50 GMT", 30.0),
        (b"Tue, 14 Nov 2023 22:00:00 GMT", 0.0),
        (b"Tue, 14 Nov 99999 22:00:00 GMT", None),
        (b"-5", None),
        (b"soon", None),
        (b"", None),
        (None, None),
        (b"\xff", None),
    ],
)
def test_a_retry_after_is_seconds_or_a_date(value, seconds):
    assert seconds_of(value, 1_700_000_000.0) == seconds
