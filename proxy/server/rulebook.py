"""The rules as the parent knows them: the folder's text in force, and the problems of the last edit.

The parent checks an edit whole, plans included, before any worker hears of it;
a folder with any problem changes nothing but `problems`. The text in force is
also kept in `--data`, for a start on which the folder is broken.
"""

import logging
import os
import shutil
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from proxy.errors import RuleTrouble, SettingsTrouble
from proxy.rules.files import read_folder
from proxy.rules.live import Live
from proxy.search.plans import Plans

_log = logging.getLogger(__name__)

Texts = Mapping[str, bytes]
LAST_GOOD: Final = "rules-last-good"


class Rulebook:
    """What is in force, as text for the workers. `generation` grows with every edit that was taken."""

    def __init__(self) -> None:
        self._live: Live[Plans] = Live()
        self.texts: Texts = {}
        self.problems: tuple[str, ...] = ()
        self.refused = 0

    @property
    def generation(self) -> int:
        return self._live.generation

    @property
    def name(self) -> str:
        """The book's short hash."""
        return self._live.current.book.name

    @property
    def pages(self) -> tuple[str, ...]:
        return tuple(rule.page for rule in self._live.current.book.rules)

    @property
    def pages_with_banners(self) -> tuple[str, ...]:
        return tuple(rule.page for rule in self._live.current.book.rules if rule.banners)

    def wanting(self, path: str) -> tuple[str, ...]:
        """The pages whose rules name this path, or take a POST there by a pattern."""
        segments = tuple(path[1:].split("/"))
        return tuple(
            rule.page
            for rule in self._live.current.book.rules
            if rule.match.path.takes(segments) and ("POST" in rule.match.methods or not rule.match.path.captures)
        )

    def offer(self, news: Texts | RuleTrouble) -> bool:
        """Take another folder, unless it has a problem or could not even be read: then what is in force stays."""
        if isinstance(news, RuleTrouble):
            self.problems = (str(news),)
        elif self._taken(news):
            self.texts = news
            return True
        self.refused += 1
        return False

    def _taken(self, texts: Texts) -> bool:
        try:
            taken = self._live.offer(texts, Plans)
        except Exception as bug:  # whatever stands in a file, it must not take the service down
            _log.exception("a mistake of ours while reading rules")
            self.problems = (f"these rules cannot be read: {type(bug).__name__}: {bug}",)
            return False
        self.problems = tuple(str(problem) for problem in self._live.problems)
        return taken


class Watch:
    """Tells when a folder has changed: by its content, and once two readings in a row are the same.

    Times of change lie (NFS, bind mounts, a restored backup), and a file may be seen half written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._last = ""
        self._told = ""

    def now(self) -> Texts | RuleTrouble:
        """The folder as it is; this content is no news any more."""
        self._last, found = self._look()
        self._told = self._last
        return found

    def news(self) -> Texts | RuleTrouble | None:
        """What the folder holds now, if that is new and steady; else None."""
        seen, found = self._look()
        steady, self._last = seen == self._last, seen
        if not steady or seen == self._told:
            return None
        self._told = seen
        return found

    def _look(self) -> tuple[str, Texts | RuleTrouble]:
        try:
            texts = read_folder(self._folder)
        except RuleTrouble as trouble:
            return str(trouble), trouble
        return _digest(texts), texts


def _digest(texts: Texts) -> str:
    digest = sha256()
    for name in sorted(texts):
        for part in (name.encode(), texts[name]):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


class LastGood:
    """The last folder that was taken, kept under `--data` as files that a person can read.

    A new copy is written beside the old one, and a link changes over at once: a crash leaves the old or the new.
    """

    def __init__(self, data: Path) -> None:
        self.path = data / LAST_GOOD

    def keep(self, texts: Texts) -> None:
        """Keep this one; where `--data` cannot be written, say so."""
        try:
            self._keep(texts)
        except OSError as trouble:
            _log.warning("the last good rules cannot be kept in %s: %s", self.path.parent, trouble.strerror)

    def _keep(self, texts: Texts) -> None:
        name = f"{LAST_GOOD}-{_digest(texts)[:12]}"
        copy = self.path.with_name(name)
        if not copy.is_dir() or read_folder(copy) != dict(texts):
            shutil.rmtree(copy, ignore_errors=True)
            for file, text in texts.items():
                _write(copy / file, text)
        copy.mkdir(parents=True, exist_ok=True)
        link = self.path.with_name(f"{LAST_GOOD}.new")
        link.unlink(missing_ok=True)
        link.symlink_to(name)
        os.replace(link, self.path)
        for old in self.path.parent.glob(f"{LAST_GOOD}-*"):
            if old.name != name:
                shutil.rmtree(old, ignore_errors=True)

    def read(self) -> Texts | RuleTrouble:
        """What was kept, or why there is nothing."""
        try:
            return read_folder(self.path)
        except RuleTrouble as trouble:
            return trouble


def _write(path: Path, text: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def first_book(watch: Watch, last_good: LastGood) -> Rulebook:
    """The rules to start with: the folder's, or where it is broken the last good ones.

    Raises:
        SettingsTrouble: neither can be used; it says every problem of the folder.
    """
    book = Rulebook()
    if book.offer(watch.now()):
        last_good.keep(book.texts)
        return book
    problems = book.problems
    if not book.offer(last_good.read()):
        raise SettingsTrouble("\n".join(problems))
    book.problems = problems
    _log.error("THE RULES CANNOT BE USED; RUNNING ON THE LAST GOOD ONES (%s)\n%s", book.name, "\n".join(problems))
    return book
