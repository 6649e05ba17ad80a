"""Questions under way: who asks the same meanwhile waits for the answer with the others.

The question belongs to nobody who waits for it: who leaves leaves the others
in peace, and when the last has left it is given up. Nothing here knows what is
asked.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class _Flight(Generic[T]):
    def __init__(self, task: "asyncio.Task[T]") -> None:
        self.task = task
        self.waiting = 0
        self.leader_is_here = True


class Flights(Generic[T]):
    """What is under way.

    Args:
        unwanted: is handed an answer that only its leader could have used, and the leader has left.
    """

    def __init__(self, unwanted: Callable[[T], None]) -> None:
        self._flights: dict[Hashable, _Flight[T]] = {}
        self._unwanted = unwanted

    def __len__(self) -> int:
        return len(self._flights)

    async def join(self, key: Hashable, ask: Callable[[], Awaitable[T]]) -> tuple[T, bool]:
        """The answer, and whether it was asked for by this caller.

        Args:
            key: what is asked; equal keys are one question.
            ask: asks it, where nobody does yet.

        Raises:
            Whatever `ask` raises, for all who wait.
        """
        flight = self._flights.get(key)
        leads = flight is None
        if flight is None:
            flight = self._begin(key, ask)
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task), leads
        except asyncio.CancelledError:
            if leads:
                flight.leader_is_here = False
                self._let_go(flight)
            if flight.waiting == 1:
                self._remove(key, flight)  # nobody may join what is given up
                flight.task.cancel()
            raise
        finally:
            flight.waiting -= 1

    def _begin(self, key: Hashable, ask: Callable[[], Awaitable[T]]) -> _Flight[T]:
        async def asked() -> T:
            return await ask()

        flight = self._flights[key] = _Flight(asyncio.create_task(asked()))
        flight.task.add_done_callback(lambda _: self._landed(key, flight))
        return flight

    def _landed(self, key: Hashable, flight: _Flight[T]) -> None:
        self._remove(key, flight)
        if not flight.leader_is_here:
            self._let_go(flight)

    def _remove(self, key: Hashable, flight: _Flight[T]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]

    def _let_go(self, flight: _Flight[T]) -> None:
        task = flight.task
        if task.done() and not task.cancelled() and task.exception() is None:
            self._unwanted(task.result())
