"""What a worker does is tried with real processes (tests/integration/test_processes_*.py); here is its seam."""

import inspect

from proxy.server import app, worker


def test_the_app_is_what_a_worker_runs():
    for name in ("start", "handler", "numbers", "close"):
        wanted, given = getattr(worker.App, name), getattr(app.App, name)
        assert inspect.iscoroutinefunction(wanted) == inspect.iscoroutinefunction(given), name
        assert list(inspect.signature(wanted).parameters) == list(inspect.signature(given).parameters), name


def test_the_app_is_found_by_name():
    assert worker._app_at("proxy.server.app:App") is app.App
