import subprocess
import sys

from proxy import __version__


def test_the_package_runs_as_the_command():
    done = subprocess.run([sys.executable, "-m", "proxy", "--version"], capture_output=True, text=True)
    assert done.stdout.strip() == f"sponsored-proxy {__version__}"
