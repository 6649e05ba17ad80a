from proxy.rules.reading.scalars import seconds


def test_durations_are_seconds() -> None:
    assert [seconds(text) for text in ("150ms", "2s", "5m", "1h", "7d", "0s")] == [0.15, 2, 300, 3600, 604800, 0]
    assert [seconds(text) for text in ("", "5", "5 s", "s", "1e3s", "٥s")] == [None] * 6
