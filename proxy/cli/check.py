"""`sponsored-proxy check`: every problem of every rule, and of Segment's mapping where it is named.

The same reading as at the start and on every edit, so that what passes here
is taken there. Exit 1 where there is an error; warnings pass.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from proxy.events.taking.segment.names import read_names
from proxy.rules.files import as_named, look_into, read_book
from proxy.rules.problems import Problem, in_order


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `check` to the command line."""
    parser = subparsers.add_parser(
        "check",
        help="every problem of every rule",
        description="Find every problem of every rule, with its line and what to write instead. Exit 1 on an error.",
    )
    parser.add_argument("folder", metavar="DIR", nargs="?", default="rules", help="default %(default)s/; or one file")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default %(default)s")
    parser.add_argument("--segment-mapping", metavar="FILE", help="check this mapping of Segment's events, too")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check the folder that was named; the exit code."""
    return check(args.folder, args.format, sys.stdout, args.segment_mapping)


def check(folder: str, format: str, out: TextIO, mapping: str | None = None) -> int:
    """Print every problem of a folder of rules (or of one file), and of a mapping of Segment's events.

    Args:
        folder: the folder, as the user named it.
        format: "text", or "json" for a list of {severity, file, line, column, key, message, hint}.
        out: where to print.
        mapping: the file of the mapping, as the user named it.

    Returns:
        The exit status: 1 where there is an error.
    """
    problems, rules = _problems_of(folder)
    if mapping is not None:
        problems += _problems_of_mapping(mapping)
    if format == "json":
        json.dump([problem.as_json() for problem in problems], out, ensure_ascii=False, indent=2)
        out.write("\n")
    else:
        for problem in problems:
            out.write(f"{problem}\n")
        out.write(f"{_summary(folder if mapping is None else f'{folder} and {mapping}', problems, rules)}\n")
    return 1 if any(problem.is_error for problem in problems) else 0


def _problems_of(folder: str) -> tuple[tuple[Problem, ...], int]:
    texts, unread = look_into(folder)
    problems = [*map(_of_check, unread), *_passed_over(folder)]
    if not texts:
        empty = Problem("error", folder, 0, 0, "", "there is no rule file here", "rule files end in .yaml")
        return (*problems, *(() if unread else (empty,))), 0
    reading = read_book({as_named(folder, name): text for name, text in texts.items()})
    return in_order([*problems, *reading.problems]), len(reading.book.rules) if reading.book else 0


def _of_check(problem: Problem) -> Problem:
    """A hint that is meant for `serve`, as `check` takes it."""
    return replace(problem, hint=problem.hint and "name the folder, or one file: `sponsored-proxy check DIR`")


def _passed_over(folder: str) -> Iterator[Problem]:
    """Folders of the folder that look as if their rules were meant, too."""
    try:
        inside = sorted(each for each in Path(folder).iterdir() if each.is_dir() and not each.name.startswith("."))
        for each in inside:
            if any(file.suffix in (".yaml", ".yml") for file in each.iterdir()):
                message = "rules in a folder of the folder are not read"
                yield Problem("warning", str(each), 0, 0, "", message, f"move them to {folder}, or check this one, too")
    except OSError:
        return  # no folder, or none that may be read: told already


def _problems_of_mapping(mapping: str) -> tuple[Problem, ...]:
    texts, problems = look_into(mapping)
    return (*problems, *(problem for text in texts.values() for problem in read_names(mapping, text).problems))


def _summary(folder: str, problems: tuple[Problem, ...], rules: int) -> str:
    errors = sum(problem.is_error for problem in problems)
    warnings = len(problems) - errors
    counts = [_count(number, word) for number, word in ((errors, "error"), (warnings, "warning")) if number]
    if errors:
        return f"{' and '.join(counts)} in {folder}"
    return f"{_count(rules, 'rule')} in {folder}: {', '.join(counts) or 'no problem'}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
