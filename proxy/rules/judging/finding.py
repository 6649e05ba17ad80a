"""What a judgement of a rule says: one finding. Pure."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from proxy.rules.problems import Severity
from proxy.rules.reading.draft import Draft


class Found(NamedTuple):
    """One problem: with which key, what, and what to write."""

    key: str
    message: str
    hint: str = ""
    severity: Severity = "error"


Matter: TypeAlias = Callable[[Draft], Iterator[Found]]
"""A matter that is judged; Unreadable where it rests on a key that could not be read."""
