"""The ad platform's key: held here, shown nowhere.

A `Key` is called for its text at the moment it is needed, so that a rotated
key counts from the next call on. It never shows itself: not in `repr`, not in
an error, not on a command line. The parent reads it (from the file again
whenever that changes; a file that vanishes leaves the last key in force) and
hands it to the workers over their control channel.
"""

import logging
from pathlib import Path

_log = logging.getLogger(__name__)


class Key:
    """A secret that can be renewed. `key()` is its text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __call__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Key(hidden)"

    def __reduce__(self) -> str:
        raise TypeError("a key is not pickled")

    def renew(self, text: str) -> bool:
        """Take another text; True where it is another one."""
        changed = text != self._text
        self._text = text
        return changed


def cleaned(text: str) -> str:
    """The key in what a file or a variable holds.

    Raises:
        ValueError: it is empty or cannot stand in a header; the message never repeats it.
    """
    key = text.strip()
    if not key:
        raise ValueError("it is empty; put the key there, on one line")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise ValueError("it holds more than a key; put the key there alone, on one line")
    return key


def read_key(file: Path) -> str:
    """The key in a file.

    Raises:
        OSError: it cannot be read.
        ValueError: what it holds is no key.
    """
    return cleaned(file.read_text("utf-8", "replace"))


class KeyWatch:
    """Looks whether the key's file holds another key.

    Args:
        file: the file; None where the key came from the environment and stays.
        key: the key in force, renewed here.
    """

    def __init__(self, file: Path | None, key: Key) -> None:
        self._file = file
        self._key = key
        self._complaint = ""

    def renewed(self) -> bool:
        """Whether the key in force is another one now. What is wrong with the file is said once."""
        if self._file is None:
            return False
        try:
            text, complaint = read_key(self._file), ""
        except (OSError, ValueError) as trouble:
            text, complaint = self._key(), str(getattr(trouble, "strerror", None) or trouble)
        if complaint and complaint != self._complaint:
            _log.error("%s: %s; the last key stays in force", self._file, complaint)
        self._complaint = complaint
        if not self._key.renew(text):
            return False
        _log.info("the ad platform's key was rotated")
        return True
