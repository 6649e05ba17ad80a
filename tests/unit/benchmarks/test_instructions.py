"""Whether a request has become dearer, by the ratio to the yardstick."""

import json

import pytest

from benchmarks.instructions import BASELINE, PATHS, verdicts


@pytest.mark.parametrize(
    ("ratio", "verdict"), [(0.41, "as before"), (0.39, "as before"), (0.45, "dearer"), (0.35, "cheaper")]
)
def test_only_what_is_beyond_the_tolerance_counts(ratio: float, verdict: str) -> None:
    assert verdicts({"inject": ratio}, {"inject": 0.4}, 0.1) == {"inject": verdict}


def test_what_the_baseline_lacks_is_new() -> None:
    assert verdicts({"inject": 0.4}, {}, 0.1) == {"inject": "new"}


def test_the_baseline_has_every_path() -> None:
    assert json.loads(BASELINE.read_text()).keys() == PATHS.keys()
