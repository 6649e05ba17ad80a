import os
from pathlib import Path

import proxy
from proxy.server import child
from proxy.server.settings import KEY_VARIABLE


def test_a_worker_inherits_no_key_and_finds_the_same_proxy(monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, "canary")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    environment = child._environment()
    assert "canary" not in environment.values()
    assert environment["PYTHONPATH"] == f"{Path(proxy.__file__).parent.parent}{os.pathsep}/elsewhere"
