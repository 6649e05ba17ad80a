"""One timer for all who wait: each ends at its own time, in whatever order they came."""

import asyncio

import pytest

from proxy.auction.patience import Patience

AMPLE = 30.0


class Waiting:
    """Some who wait, and in which order their time was over."""

    def __init__(self):
        self.over = []
        self.patience = Patience(self._note)
        self._changed = asyncio.Event()

    def _note(self, name):
        self.over.append(name)
        self._changed.set()

    async def until(self, *names):
        async with asyncio.timeout(AMPLE):
            while self.over != [*names]:
                await self._changed.wait()
                self._changed.clear()


@pytest.mark.parametrize("order", ["abc", "cba", "bca"])
async def test_each_ends_at_its_own_time_whoever_came_first(order):
    waiting = Waiting()
    for name in order:
        waiting.patience.begin(name, {"a": 0.01, "b": 0.03, "c": 0.05}[name])
    await waiting.until("a", "b", "c")
    assert len(waiting.patience) == 0


async def test_nobody_ends_before_the_time():
    waiting, loop = Waiting(), asyncio.get_running_loop()
    began = loop.time()
    waiting.patience.begin("short", 0.02)
    waiting.patience.begin("long", 0.05)
    await waiting.until("short", "long")
    assert loop.time() - began >= 0.045


async def test_who_waits_no_longer_is_not_ended_and_the_next_comes_in_time():
    waiting = Waiting()
    waiting.patience.begin("answered", 0.01)
    waiting.patience.begin("late", 0.03)
    assert waiting.patience.end("answered")
    assert not waiting.patience.end("answered")
    await waiting.until("late")
    assert not waiting.patience.end("late")


async def test_a_wait_may_begin_again_when_it_is_over():
    again = []

    def over(name):
        again.append(name)
        if len(again) < 3:
            patience.begin(name, 0.001)
        else:
            done.set()

    patience, done = Patience(over), asyncio.Event()
    patience.begin("a", 0.001)
    await asyncio.wait_for(done.wait(), AMPLE)
    assert again == ["a", "a", "a"]


async def test_one_who_fails_at_the_end_of_a_wait_keeps_no_other_waiting():
    over = asyncio.Event()
    told = []

    def ended(name):
        if name == "bad":
            raise ValueError(name)
        over.set()

    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(str(context["exception"])))
    patience = Patience(ended)
    patience.begin("bad", 0.001)
    patience.begin("good", 0.02)
    await asyncio.wait_for(over.wait(), AMPLE)
    assert told == ["bad"]


async def test_a_wait_can_be_made_shorter_but_not_longer():
    waiting = Waiting()
    waiting.patience.begin("a", AMPLE)
    waiting.patience.begin("b", 0.01)
    assert AMPLE - 1 < waiting.patience.shorten("a", 0.03) < AMPLE
    assert waiting.patience.shorten("b", AMPLE) <= 0.001
    await waiting.until("b", "a")


async def test_at_the_end_all_are_let_go():
    waiting = Waiting()
    waiting.patience.begin("a", 0.01)
    waiting.patience.begin("b", 0.02)
    assert waiting.patience.end_all() == ["a", "b"]
    waiting.patience.begin("c", 0.03)
    await waiting.until("c")
