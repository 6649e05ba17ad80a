"""The scripts that Redis runs: read once, known by their digests. Pure.

Numbers that a person may look up stand in Python; the scripts get them as words
in front of `common.lua`.
"""

from hashlib import sha1
from pathlib import Path
from typing import Final

from proxy.events.keeping.sqlite.standstill import FRESH
from proxy.events.keeping.sqlite.taking import KNOWN_FOR, MOST_FILTERED, MOST_FILTERED_BYTES

_ROOM: Final = Path(__file__).parent
MOST_CONTENTS: Final = 256
"""Contents of one kind and id that are known; beyond these the oldest come again, which their id makes harmless."""
_NUMBERS: Final = {
    "FRESH": FRESH,
    "KNOWN_FOR": KNOWN_FOR,
    "MOST_CONTENTS": MOST_CONTENTS,
    "MOST_FILTERED": MOST_FILTERED,
    "MOST_FILTERED_BYTES": MOST_FILTERED_BYTES,
}
_COMMON: Final = (
    "".join(f"local {name} = {number:.0f}\n" for name, number in _NUMBERS.items()) + (_ROOM / "common.lua").read_text()
)


class Script:
    """One script.

    Attributes:
        source: as Redis runs it.
        digest: by which Redis knows it, once it has seen it.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.source = _COMMON + (_ROOM / f"{name}.lua").read_text()
        self.digest = sha1(self.source.encode()).hexdigest()  # Redis names scripts so; it guards nothing


PUT: Final = Script("put")
FILTER: Final = Script("filter")
CLAIM: Final = Script("claim")
SETTLE: Final = Script("settle")
UPKEEP: Final = Script("upkeep")
RELEASE: Final = Script("release")
STAND: Final = Script("stand")
LIMITS: Final = Script("limits")
STATUS: Final = Script("status")
PAGE: Final = Script("page")
FIND: Final = Script("find")
RETRY: Final = Script("retry")
DROP: Final = Script("drop")
NEWS: Final = Script("news")
RATES: Final = Script("rates")
