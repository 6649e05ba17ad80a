"""Where answers are kept: in memory, so many bytes in all. Pure.

An entry is a URL with its variants; who was not asked for longest goes first.
Entries are weighed with all that was read of them, so the bound holds for the
memory and not for the bodies alone. Nothing leaves because it is old: a stale
answer may still be confirmed, or stand in for a marketplace that fails.
"""

from typing import Final

from cachetools import LRUCache

from proxy.search.caching.kept import Kept
from proxy.search.caching.key import Asked, Uri

MOST_VARIANTS: Final = 32
"""Answers to one URL; of more the oldest goes. A look-up compares them one by one."""


class Store:
    """Kept answers.

    Args:
        most_bytes: of memory that they take at most; 0 keeps none.

    Attributes:
        keeps: whether it keeps anything at all.
    """

    def __init__(self, most_bytes: int) -> None:
        self.keeps: Final = most_bytes > 0
        self._uris: LRUCache[Uri, tuple[Kept, ...]] = LRUCache(most_bytes, getsizeof=_weight)

    def __len__(self) -> int:
        return sum([len(variants) for variants in self._uris.values()])

    @property
    def bytes(self) -> int:
        """Of memory, about."""
        return int(self._uris.currsize)

    def find(self, asked: Asked) -> Kept | None:
        """The latest answer that may be given to who asks so, fresh or not."""
        try:
            variants: tuple[Kept, ...] = self._uris[asked.uri]
        except KeyError:
            return None
        for kept in variants:
            if kept.answers(asked):
                return kept
        return None

    def put(self, kept: Kept) -> None:
        """Keep an answer in place of those that it replaces; not where it alone is over the bound."""
        others = [each for each in self._uris.get(kept.uri, ()) if not kept.replaces(each)]
        kept.heavier = self.weigh
        self._set(kept.uri, (kept, *others[: MOST_VARIANTS - 1]))

    def weigh(self, kept: Kept) -> None:
        """More was read of an answer. What is kept no more stays out; what has become too heavy loses it again."""
        variants = self._uris.get(kept.uri, ())
        if not any(each is kept for each in variants):
            return
        if _weight(variants) > self._uris.maxsize:
            kept.forget_page()
        self._set(kept.uri, variants)

    def forget(self, uri: Uri) -> None:
        """Something may have changed there: no answer to this URL counts any more (section 4.4)."""
        self._uris.pop(uri, None)

    def _set(self, uri: Uri, variants: tuple[Kept, ...]) -> None:
        while variants and _weight(variants) > self._uris.maxsize:
            variants = variants[:-1]
        if variants:
            self._uris[uri] = variants
        else:
            self.forget(uri)


def _weight(variants: tuple[Kept, ...]) -> int:
    return sum([kept.weight for kept in variants])
