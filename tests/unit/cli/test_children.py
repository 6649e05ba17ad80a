import os
import sys

import psutil
import pytest

from proxy.cli.children import Child, ChildDied
from tests.patience import SECONDS, until

SERVES = """
import http.server, sys
class Yes(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *what): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Yes)
print("port", server.server_port, flush=True)
server.serve_forever()
"""
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
)


@pytest.fixture
def a_child(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def build(program: str, check: str = "http://127.0.0.1:1/") -> Child:
        (tmp_path / "program.py").write_text(program)
        return Child("the program", ["program"], check)

    return build


async def test_a_child_is_ready_when_it_answers(a_child):
    child = a_child(SERVES)
    await child.start(os.environ)
    await until(lambda: child.said)
    child.check = f"http://127.0.0.1:{child.said[0].split()[1]}/healthz"
    await child.ready()
    await child.end(5)
    assert await child.ended() == "was ended by SIGTERM"


async def test_a_child_that_dies_before_is_told_with_its_last_words(a_child):
    child = a_child("import sys; print('out of luck'); sys.exit(3)")
    await child.start(os.environ)
    with pytest.raises(ChildDied, match="the program ended with exit code 3"):
        await child.ready()
    assert list(child.said) == ["out of luck"]
    await child.end(1)


async def test_a_child_that_does_not_listen_is_ended_all_the_same(a_child):
    child = a_child(STUBBORN)
    await child.start(os.environ)
    await until(lambda: child.said)
    await child.end(0.05)
    assert await child.ended() == "was ended by SIGKILL"


async def test_what_a_child_started_ends_with_it(a_child):
    program = (
        f"import subprocess, time; p = subprocess.Popen([{sys.executable!r}, '-c', 'import time; time.sleep(600)'])"
    )
    child = a_child(f"{program}; print(p.pid, flush=True); time.sleep(600)")
    await child.start(os.environ)
    await until(lambda: child.said)
    grandchild = psutil.Process(int(child.said[0]))
    await child.end(5)
    assert psutil.wait_procs([grandchild], timeout=SECONDS)[1] == []


async def test_a_ctrl_c_in_the_terminal_does_not_reach_a_child(a_child):
    child = a_child(SERVES)
    await child.start(os.environ)
    await until(lambda: child.said)
    assert os.getsid(child.pid) == child.pid != os.getsid(0)
    await child.end(5)


async def test_a_child_that_was_never_started_ends_at_once(a_child):
    child = a_child("")
    await child.end(1)
    assert (child.pid, await child.ended()) == (0, "was never started")


async def test_each_line_is_heard_and_the_last_ones_are_kept(a_child):
    heard = []
    child = a_child("print('\\n'.join(map(str, range(100))))")
    child.hear = heard.append
    await child.start(os.environ)
    await child.ended()
    await child.end(1)
    assert heard == [str(n) for n in range(100)]
    assert list(child.said) == heard[-30:]
