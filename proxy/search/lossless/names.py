"""Down the names of objects to a value of one type, in one decode. Pure."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import Raw

from proxy.search.lossless.path import Piece, can_be_a_field

_object = msgspec.json.Decoder(dict[str, Raw]).decode


class Names:
    """The names on the way, outermost first, and the type of what stands behind them."""

    def __init__(self, names: Sequence[str], leaf: Any) -> None:
        # msgspec has no fields with quotes or control characters in their names; those are walked one by one.
        self._odd = () if all(map(can_be_a_field, names)) else tuple(names)
        fields = () if self._odd else names
        shape = leaf
        for name in reversed(fields):
            shape = msgspec.defstruct("On", [("v", shape)], rename={"v": name}, gc=False)
        self._decode = msgspec.json.Decoder(shape).decode
        self._inner = attrgetter(".".join("v" * len(fields))) if fields else None

    def decode(self, text: Piece) -> Any:
        """The value.

        Raises:
            msgspec.DecodeError: the text is no JSON; as ValidationError: there is no such value.
        """
        for name in self._odd:
            found = _object(text).get(name)
            if found is None:
                raise msgspec.ValidationError(f"Object missing required field `{name}`")
            text = found
        value = self._decode(text)
        return value if self._inner is None else self._inner(value)
