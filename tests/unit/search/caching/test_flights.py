"""Equal questions are asked once, and whoever leaves leaves the others in peace."""

import asyncio

import pytest

from proxy.search.caching.flights import Flights
from tests.patience import until


class Question:
    """A question whose answer comes when the test says so."""

    def __init__(self) -> None:
        self.asked = 0
        self.given_up = 0
        self.answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.unwanted: list[str] = []
        self.flights: Flights[str] = Flights(self.unwanted.append)

    async def __call__(self) -> str:
        self.asked += 1
        try:
            return await self.answer
        except asyncio.CancelledError:
            self.given_up += 1
            raise

    def join(self, key: str = "k") -> "asyncio.Task[tuple[str, bool]]":
        return asyncio.create_task(self.flights.join(key, self))

    async def under_way(self, times: int = 1) -> None:
        await until(lambda: self.asked == times)


async def test_a_hundred_wait_for_one_answer_and_one_of_them_leads() -> None:
    question = Question()
    tasks = [question.join() for _ in range(100)]
    await question.under_way()
    question.answer.set_result("x")
    came = [await task for task in tasks]
    assert [answer for answer, _ in came] == ["x"] * 100
    assert [leads for _, leads in came] == [True, *[False] * 99]
    assert (question.asked, len(question.flights)) == (1, 0)


async def test_other_questions_are_asked_too() -> None:
    question = Question()
    tasks = [question.join(key) for key in "ab"]
    await question.under_way(2)
    question.answer.set_result("x")
    assert [await task for task in tasks] == [("x", True), ("x", True)]


async def test_a_leader_that_leaves_hands_over() -> None:
    question = Question()
    leader, follower = question.join(), question.join()
    await question.under_way()
    leader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leader
    question.answer.set_result("x")
    assert await follower == ("x", False)
    assert (question.asked, question.given_up, question.unwanted) == (1, 0, ["x"])


async def test_when_the_last_has_left_the_question_is_given_up_and_asked_anew_by_the_next() -> None:
    question = Question()
    tasks = [question.join() for _ in range(3)]
    await question.under_way()
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    late = question.join()
    question.answer = asyncio.get_running_loop().create_future()
    await question.under_way(2)
    question.answer.set_result("y")
    assert await late == ("y", True)
    assert (question.given_up, question.unwanted) == (1, [])


async def test_who_fails_fails_for_all() -> None:
    question = Question()
    tasks = [question.join() for _ in range(3)]
    await question.under_way()
    question.answer.set_exception(ValueError("no"))
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [str(each) for each in done] == ["no"] * 3
    assert len(question.flights) == 0
