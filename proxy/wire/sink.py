"""The two ends that this wing is handed: where a body goes, and where one comes from."""

from collections.abc import AsyncIterator
from typing import Protocol


class Sink(Protocol):
    """Takes bytes at once, and says when it has enough for now."""

    def write(self, data: bytes) -> None:
        """Take `data`; called from the very callback that received it."""
        ...

    def is_full(self) -> bool:
        """Whether the writer should wait for `drained` before it writes more."""
        ...

    async def drained(self) -> None:
        """Returns once there is room; raises where there never will be."""
        ...


class Upload(Protocol):
    """A request's body that comes piece by piece; `length` None sends it in chunks."""

    @property
    def length(self) -> int | None: ...

    def __aiter__(self) -> AsyncIterator[bytes]: ...
