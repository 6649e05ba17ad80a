"""The book in force, with every rule made ready to run.

Made once, when a book is loaded; a request takes it once and keeps it to its
end, so one page view never sees two books.
"""

from collections.abc import Mapping

import msgspec

from proxy.ask import Ask
from proxy.rules.book import Book, Match
from proxy.rules.rule import Rule
from proxy.search.plan import Plan


class Found(msgspec.Struct, frozen=True):
    """The rule that takes a request, ready to run.

    Args:
        rule: the rule.
        captures: what its path captured of the request's.
        plan: the rule, compiled.
        match: rule and captures as the book gave them.
        book: the name of the book.
    """

    rule: Rule
    captures: Mapping[str, str]
    plan: Plan
    match: Match
    book: str


class Plans:
    """A book and the plan of each of its rules."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._plans = {rule.page: Plan(rule) for rule in book.rules}

    def needs_body(self, ask: Ask) -> bool:
        """Whether the request's body must be read before it is known which rule takes it."""
        return self.book.needs_body(ask)

    def find(self, ask: Ask) -> Found | None:
        """The rule that takes the request, or None: then it passes through."""
        match = self.book.find(ask)
        if match is None:
            return None
        return Found(match.rule, match.captures, self._plans[match.rule.page], match, self.book.name)
