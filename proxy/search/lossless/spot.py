"""Where the value at a path stands in a piece of JSON, found in one decode where the path has only names. Pure."""

from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Raw

from proxy.rules.selector import Name, Step
from proxy.search.lossless import scan
from proxy.search.lossless.names import Names
from proxy.search.lossless.scan import Span
from proxy.search.lossless.whereabouts import Whereabouts


class Spot:
    """A path, made ready. Of a key that stands twice the last counts, as for every common reader."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps: Final = tuple(steps)
        names = [step.key for step in steps if isinstance(step, Name)]
        self._names = Names(names, Raw) if len(names) == len(self.steps) else None

    def find(self, text: bytes) -> Span | None:
        """The span of the first value at the path; None where there is none.

        Args:
            text: valid JSON, without blanks around it.
        """
        if not self.steps:
            return Span(0, len(text))
        if self._names is None:
            return scan.find(text, self.steps)
        try:
            place = Whereabouts(text).place(self._names.decode(text))
        except msgspec.ValidationError:
            return None
        return Span(place[0], sum(place)) if place else scan.find(text, self.steps)
