"""What there is to fuzz, and with which bytes a run and a replay begin.

A target is a module of this folder with three names: `check(data)` takes any
bytes and fails where a promise is broken; `seeds()` yields good samples;
`WORDS` are pieces of which such bytes are made. It must do the same for the
same bytes, always.
"""

import importlib
from hashlib import sha256
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
TARGETS: Final = ("ads", "events", "listing", "request", "rules", "wire")


def seeds_of(name: str) -> dict[str, bytes]:
    """The target's own samples, by a name made of their bytes."""
    target = importlib.import_module(f"tests.fuzz.{name}")
    return {f"seed-{sha256(data).hexdigest()[:12]}": data for data in target.seeds()}


def found_of(name: str) -> dict[str, bytes]:
    """What fuzzing found, by file name."""
    folder = HERE / "found" / name
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return {file.name: file.read_bytes() for file in files if not file.name.startswith(".")}
