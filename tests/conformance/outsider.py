"""A process of nobody in particular: no root, no capabilities, and where wanted nothing to write to but its data.

This stands in for a container: `setpriv` takes the rights away, a mount
namespace of its own makes the file system read-only. Both need root; without
it these rows are skipped.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.conformance.running import needs

UID = 65532
_WITHOUT_RIGHTS = (
    *("setpriv", f"--reuid={UID}", f"--regid={UID}", "--clear-groups"),
    *("--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"),
)
_IN_A_NAMESPACE = ("unshare", "--mount", "--propagation", "private", "sh", "-c")

# An interpreter below a closed folder (/root) is shown to everybody, but only within the namespace.
_OPEN = """\
set -e
mount --bind {inner} {folder}/aside
mount -t tmpfs -o mode=755 none {closed}
mkdir -p {inner}
mount --bind {folder}/aside {inner}
"""
_READ_ONLY = """\
mount --bind {folder}/data {folder}/data
for place in $(awk '{{print $2}}' /proc/mounts); do
  case $place in /proc*|/sys*|/dev*|{folder}/data) ;; *) mount -o remount,bind,ro $place || true ;; esac
done
if touch {folder}/written 2>/dev/null; then exit 9; fi
"""


@contextlib.contextmanager
def lent() -> Iterator[Path]:
    """A folder that everybody may read and in which the outsider may write `data`."""
    needs(
        "setpriv and unshare, and root to use them",
        os.geteuid() == 0 and shutil.which("setpriv") and shutil.which("unshare"),
    )
    with tempfile.TemporaryDirectory(prefix="conformance-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "data").mkdir()
        (folder / "aside").mkdir()
        os.chown(folder / "data", UID, UID)
        yield folder


def outsider(folder: Path, *, read_only: bool = False) -> tuple[str, ...]:
    """What to put before a command line."""
    script = _opened(folder) + (_READ_ONLY.format(folder=folder) if read_only else "") + 'exec "$@"\n'
    prefix = (*_IN_A_NAMESPACE, script, "sh", *_WITHOUT_RIGHTS)
    tried = subprocess.run([*prefix, sys.executable, "-c", ""], capture_output=True, check=False)
    needs(f"leave to mount ({tried.stderr.decode()[:200]})", tried.returncode == 0)
    return prefix


def _opened(folder: Path) -> str:
    place = Path(sys.executable).resolve()
    closed = [parent for parent in reversed(place.parents) if not parent.stat().st_mode & 0o001]
    if not closed:
        return ""
    inner = closed[0] / place.relative_to(closed[0]).parts[0]
    return _OPEN.format(inner=inner, closed=closed[0], folder=folder)
