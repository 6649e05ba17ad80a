"""Redis, measured by itself: what is counted as kept is in it."""

import shutil
import subprocess

from benchmarks.sizing import kept_a_second, redis
from tests.conformance.running import needs


def test_what_was_counted_is_kept(tmp_path) -> None:
    for program in ("redis-server", "redis-cli"):
        needs(program, shutil.which(program))
    with redis(tmp_path, 0) as port:
        assert kept_a_second(port, 2, 0.1) > 0
        asked = ["redis-cli", "-p", str(port), "eval", "return redis.call('xlen', 'events')", "0"]
        assert int(subprocess.run(asked, capture_output=True, text=True, check=True).stdout) > 0
        synced = subprocess.run(
            [*asked[:3], "config", "get", "appendfsync"], capture_output=True, text=True, check=True
        )
        assert synced.stdout.split() == ["appendfsync", "always"]
