import asyncio

import pytest

from proxy.clock import ManualClock
from proxy.server import rhythm


class Enough(BaseException):
    pass


def rounds(number, clock, took=0.0, trouble=None):
    """A round to do, which ends the loop after so many; and how often it was done."""
    done = []

    async def one():
        done.append(1)
        clock.advance(took)
        if len(done) == number:
            raise Enough
        if trouble:
            raise trouble

    return one, done


async def test_a_round_that_fails_is_logged_and_the_next_one_comes(caplog):
    one, done = rounds(3, clock := ManualClock(), trouble=RuntimeError("a bug"))
    with pytest.raises(Enough):
        await rhythm.every(0, one, clock)
    assert len(done) == 3
    assert caplog.text.count("RuntimeError: a bug") == 2


@pytest.mark.parametrize(("took", "pause"), [(0, 0.2), (0.01, 0.2), (0.03, 0.3), (9, 0.4)])
async def test_a_dear_round_comes_half_as_often_at_most(monkeypatch, took, pause):
    pauses = []

    async def sleep(seconds):
        pauses.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    one, _ = rounds(2, clock := ManualClock(), took)
    with pytest.raises(Enough):
        await rhythm.every(0.2, one, clock)
    assert pauses == [0.2, pytest.approx(pause)]
