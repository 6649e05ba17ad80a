"""`python -m benchmarks`: everything that is measured, in one run, as one report.

Sections run one after the other on one stage (`stage.py`): the proxy beside its
peers, events, what single features bring, how cost grows. `--only` names some of them.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import beside_peers, events, features, growth, machine, profile, report
from benchmarks.report import Section
from benchmarks.stage import FULL, QUICK, Stage, stage

SECTIONS: dict[str, Callable[[Stage, list[str]], Section]] = {
    "peers": beside_peers.section,
    "events": lambda stage, _: events.section(stage),
    "speculation": lambda stage, _: features.speculation(stage),
    "cache": lambda stage, _: features.keeping(stage),
    "growth": lambda stage, _: growth.section(stage),
    "workers": lambda stage, _: features.workers(stage),
    "settings": lambda stage, _: features.settings(stage),
    "profile": lambda stage, _: profile.section(stage),
}


def main() -> int:
    """Exit status 1 where a section cannot be measured: a wrong answer, or a subject of ours that does not run."""
    options = read_options()
    began, load_average = time.monotonic(), os.getloadavg()[0]
    sections: list[Section] = []
    left_out: list[str] = []
    failures = []
    with stage(QUICK if options.quick else FULL) as place:
        for name in options.only or SECTIONS:
            start = time.monotonic()
            try:
                sections.append(SECTIONS[name](place, left_out))
            except RuntimeError as error:
                failures.append(f"{name}: {error}")
            print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr)
    about = machine.about(time.monotonic() - began, load_average)
    if options.quick:
        about += " It was a short run (`--quick`), and these are rougher figures."
    text = report.page(sections, about, left_out + failures)
    print(text)
    if options.out and not failures:
        report.write(options.out, text, sections)
    print("\n".join(failures), file=sys.stderr)
    return int(bool(failures))


def read_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one short round of everything, rougher figures")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, help="these sections and no others")
    parser.add_argument(
        "--out",
        type=Path,
        help="write the report to this file, its plots into a folder beside it; not where a section failed",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
