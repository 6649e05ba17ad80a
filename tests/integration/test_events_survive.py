"""Nothing that was acknowledged is lost, whoever is killed, whatever the ad platform does."""

from pathlib import Path

import pytest

from tests.integration.kill_loop import Senders, a_crowd, a_sandbox, nothing_is_lost

FAILURES = ["truth", "truth", "500-after", "truth", "close", "truth", "truth", "close-after", "truth", "503"]
"""Several take turns: refused, closed before it was acted upon, and stored without an answer."""


def survives(folder: Path, *, events: int, kills: int, fail_rate: float) -> None:
    with (
        a_sandbox(folder / "platform") as sandbox,
        a_crowd([folder / "proxy"], sandbox.url, "--workers", "2", "--drain", "1s") as crowd,
    ):
        sandbox.behaves(lie=FAILURES, fail_rate=fail_rate)
        senders = Senders(crowd, events)
        senders.run(kills)
        assert crowd.kills == kills
        sandbox.behaves(lie=[], fail_rate=0)
        nothing_is_lost(sandbox, senders, events)
        print(f"{events} events, {kills} kills, {senders.again} requests sent again: {sandbox.get('events/count')}")


def test_a_few_kills_lose_nothing(tmp_path):
    survives(tmp_path, events=600, kills=5, fail_rate=0.1)


@pytest.mark.long
def test_a_hundred_kills_lose_nothing(tmp_path):
    survives(tmp_path, events=20_000, kills=100, fail_rate=0.2)
