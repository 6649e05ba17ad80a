"""YAML in; a Book, or all Problems, out.

`read_book` is pure: whoever has the texts (the parent, a worker, a test) gets
the same book from them. `read_folder` is the only I/O of this wing.
"""

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from proxy.errors import RuleTrouble
from proxy.rules.book import Book
from proxy.rules.judging import together
from proxy.rules.problems import Problem, in_order
from proxy.rules.reading.draft import MOST_PROBLEMS, Draft, problem_at
from proxy.rules.reading.nodes import Items, Node
from proxy.rules.reading.reader import read_rule
from proxy.rules.reading.yamltext import LARGEST, NotYaml, read_yaml, text_of

ENDINGS: Final = (".yaml", ".yml")


class Reading(NamedTuple):
    """What came of reading: `book` is None where an error is among the problems."""

    book: Book | None
    problems: tuple[Problem, ...]


def read_book(texts: Mapping[str, bytes]) -> Reading:
    """Read rule files.

    Args:
        texts: each file's bytes by the name under which problems shall speak of it.
    """
    problems: list[Problem] = []
    drafts: list[Draft] = []
    for name in sorted(texts):
        drafts += _drafts_of(name, texts[name], problems)
    together.judge(drafts)
    for draft in drafts:
        problems += draft.problems
    if not texts:
        problems.append(_whole("error", "", "there is no rule file", "rule files end in .yaml"))
    if any(problem.is_error for problem in problems):
        return Reading(None, in_order(problems))
    return Reading(Book([draft.rule for draft in drafts if draft.rule]), in_order(problems))


def _drafts_of(name: str, raw: bytes, problems: list[Problem]) -> list[Draft]:
    """The rules of one file, as far as they can be read."""
    lines: list[str] = []
    try:
        text = text_of(raw)
        lines = text.splitlines()
        root = read_yaml(text)
    except NotYaml as error:
        problems.append(problem_of_yaml(name, raw, error))
        return []
    if root is None:
        problems.append(_whole("error", name, "the file is empty", "write a rule, or remove the file"))
        return []
    if not isinstance(root, Items):
        return list(_rules_of([root], name, lines))
    if not root.items:
        problems.append(_whole("error", name, "the list of rules is empty", "write a rule, or remove the file"))
    return list(_rules_of(root.items, name, lines))


def _rules_of(nodes: Sequence[Node], name: str, lines: list[str]) -> Iterator[Draft]:
    found = 0
    for node in nodes:
        draft = read_rule(node, name, lines)
        found += len(draft.problems)
        yield draft
        if found > MOST_PROBLEMS:
            message = "there are more problems below; they are not listed"
            draft.problems.append(problem_at(draft, "error", draft.node, "", message, "is this a rule file at all?"))
            return


def problem_of_yaml(name: str, raw: bytes, error: NotYaml) -> Problem:
    """The problem of a file whose text cannot be read."""
    lines = raw[: LARGEST + 3].removeprefix(b"\xef\xbb\xbf").decode(errors="replace").splitlines() if error.line else []
    line = lines[error.line - 1] if 0 < error.line <= len(lines) else ""
    column = error.column + 1 if error.line else 0
    return Problem("error", name, error.line, column, "", error.message, error.hint, line, error.length)


def _whole(severity: str, name: str, message: str, hint: str) -> Problem:
    return Problem("warning" if severity == "warning" else "error", name, 0, 0, "", message, hint)


# -- the folder -----------------------------------------------------------------


def read_folder(path: str | os.PathLike[str]) -> dict[str, bytes]:
    """The rule files of a folder (or the one file), by file name.

    Hidden files are left out, and with them the `..data` of a Kubernetes volume; links are followed. Of a file
    that is too large just enough is read for `read_book` to say so.

    Raises:
        RuleTrouble: a folder or a file that cannot be read; all of them at once.
    """
    texts, problems = look_into(path)
    if problems:
        raise RuleTrouble(problems)
    return texts


def look_into(path: str | os.PathLike[str]) -> tuple[dict[str, bytes], list[Problem]]:
    """As `read_folder`, but with the problems beside what could be read."""
    folder = Path(path)
    problems: list[Problem] = []
    texts: dict[str, bytes] = {}
    try:
        for file in _rule_files(folder):
            try:
                texts[file.name] = _content(file)
            except OSError as error:
                problems.append(_whole("error", str(file), _in_words(error), ""))
    except OSError as error:
        hint = "name the folder with --rules" if isinstance(error, FileNotFoundError) else ""
        problems.append(_whole("error", str(folder), _in_words(error), hint))
    return texts, problems


def as_named(folder: str, name: str) -> str:
    """A file as a terminal can open it: the folder (or the one file) as it was named, then the file's own name."""
    return folder if folder.endswith(ENDINGS) else f"{folder.rstrip('/') or '/'}/{name}".replace("//", "/")


def _rule_files(folder: Path) -> list[Path]:
    if folder.is_file():
        return [folder]
    entries = sorted(folder.iterdir())
    return [entry for entry in entries if entry.name.endswith(ENDINGS) and not entry.name.startswith(".")]


def _content(file: Path) -> bytes:
    # Not blocking: a pipe named x.yaml must not hang the start.
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as opened:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError
        if not stat.S_ISREG(mode):
            raise OSError("not a file")
        return opened.read(LARGEST + 1)


def _in_words(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file or folder"
    if isinstance(error, IsADirectoryError):
        return "this is a folder, not a file"
    if isinstance(error, PermissionError):
        return "we may not read this"
    if isinstance(error, NotADirectoryError):
        return "this is not a folder"
    return f"this cannot be read: {error.strerror or error}"
