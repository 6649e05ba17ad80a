"""Runs one fuzz target for a while: `python -m tests.fuzz listing --seconds 1800`.

What makes a target fail lands in `found/<target>/`, where the ordinary tests
replay it for ever. The corpus that grows meanwhile is nobody's to keep and
stays in the build folder; the next run begins with it. A run that met a
failure starts again until its time is up, so one failure hides no other.

Only the child knows atheris, and only here; targets and tests never do.
"""

import argparse
import importlib
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.targets import HERE, TARGETS, seeds_of

_CORPUS = HERE.parents[1] / "build" / "fuzz"
_TOLD = re.compile(r"^#(\d+)\t.* cov: (\d+) ft: (\d+)")
_LARGEST = 8192
_MOST_FAILURES = 20


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    options.add_argument("target", choices=TARGETS)
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--corpus", type=Path, default=_CORPUS, help="where what was learned is kept")
    options.add_argument("--child", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    told = options.parse_args()
    if told.child is not None:
        return _fuzz(told.target, told.child)
    return _watch(told.target, told.seconds, told.corpus / told.target)


def _fuzz(name: str, arguments: list[str]) -> int:
    import atheris  # type: ignore[import-untyped]

    with atheris.instrument_imports(include=["proxy", "tests.fuzz"]):
        target = importlib.import_module(f"tests.fuzz.{name}")
    atheris.Setup([name, *arguments], target.check)
    atheris.Fuzz()
    return 0


def _watch(name: str, seconds: int, corpus: Path) -> int:
    """Children one after the other until the time is up; the exit status says whether all went well."""
    seeds = corpus.with_name(f"{name}.seeds")
    for folder in (corpus, seeds, HERE / "found" / name):
        folder.mkdir(parents=True, exist_ok=True)
    for label, data in seeds_of(name).items():
        (seeds / label).write_bytes(data)
    start, executions, failures, coverage = time.monotonic(), 0, 0, "none"
    while (left := int(seconds - (time.monotonic() - start))) > 0 and failures < _MOST_FAILURES:
        status, count, reached = _run(name, left, corpus, seeds)
        executions += count
        coverage = reached or coverage
        failures += status != 0
    minutes = (time.monotonic() - start) / 60
    print(f"{name}: {minutes:.1f} minutes, {executions:,} executions, {coverage}, {failures} failures", flush=True)
    return 1 if failures else 0


def _run(name: str, seconds: int, corpus: Path, seeds: Path) -> tuple[int, int, str]:
    """One child: its exit status, how often it executed the target, how far it came."""
    with tempfile.NamedTemporaryFile("w", suffix=".dict") as words:
        target = importlib.import_module(f"tests.fuzz.{name}")
        words.writelines(f'"{_escaped(word)}"\n' for word in target.WORDS)
        words.flush()
        command = [sys.executable, "-m", "tests.fuzz", name, "--child"]
        command += [
            f"-max_total_time={seconds}",
            f"-max_len={_LARGEST}",
            f"-dict={words.name}",
            "-timeout=30",
            "-len_control=20",
        ]
        command += ["-rss_limit_mb=1024", "-print_final_stats=1", f"-artifact_prefix={HERE / 'found' / name}/"]
        child = subprocess.Popen([*command, str(corpus), str(seeds)], stderr=subprocess.PIPE, text=True)
        executions, reached = 0, ""
        assert child.stderr
        for line in child.stderr:
            print(line, end="", file=sys.stderr, flush=True)
            if found := _TOLD.match(line):
                executions, reached = int(found[1]), f"{found[2]} edges, {found[3]} features"
        return child.wait(), executions, reached


def _escaped(word: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\x{byte:02x}" for byte in word)


if __name__ == "__main__":
    sys.exit(main())
