"""The book in force.

A request takes `live.current` once and keeps it to its end, so one page view
never sees two books. A new book replaces the old one only when it has no
problem at all; until then the old one stays and `live.problems` says why.
"""

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from proxy.errors import RuleTrouble
from proxy.rules.book import Book
from proxy.rules.files import read_book
from proxy.rules.problems import Problem

T = TypeVar("T")


class Live(Generic[T]):
    """What a book was made into, and the problems of the last edit.

    Attributes:
        generation: how many books have been in force; 0 before the first.
        problems: of the last offer, warnings included.
    """

    def __init__(self) -> None:
        self._current: T | None = None
        self.generation = 0
        self.problems: tuple[Problem, ...] = ()

    @property
    def current(self) -> T:
        """What is in force. Before the first good offer there is nothing: LookupError."""
        if self._current is None:
            raise LookupError("no book is in force yet")
        return self._current

    def offer(self, texts: Mapping[str, bytes], prepare: Callable[[Book], T]) -> bool:
        """Put these rules in force, if nothing is wrong with them.

        Args:
            texts: the rule files, by name.
            prepare: makes a book ready to run; a RuleTrouble of its own also keeps the old one.
        """
        reading = read_book(texts)
        self.problems = reading.problems
        if reading.book is None:
            return False
        try:
            current = prepare(reading.book)
        except RuleTrouble as trouble:
            self.problems = reading.problems + trouble.problems
            return False
        except Exception as bug:
            # A mistake of ours must not take the good book out of force, nor the worker with it.
            self.problems = (*reading.problems, _of_ours(bug))
            return False
        self._current = current
        self.generation += 1
        return True


def _of_ours(bug: Exception) -> Problem:
    message = f"these rules cannot be made ready to run: {type(bug).__name__}: {bug}"
    return Problem("error", "", 0, 0, "", message, "this is a mistake of ours; please report it")
