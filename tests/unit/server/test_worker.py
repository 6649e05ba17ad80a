"""What a worker does is tried with real processes (tests/integration/test_processes_*.py); here are its seam and its nerves."""

import asyncio
import contextlib
import inspect

from proxy.clock import ManualClock
from proxy.ops import metrics
from proxy.server import app, control, worker
from proxy.server.lookout import HEAD_SECONDS, Lookout
from tests.patience import until
from tests.unit.server.test_connection import House


def test_the_app_is_what_a_worker_runs():
    for name in ("start", "handler", "numbers", "close"):
        wanted, given = getattr(worker.App, name), getattr(app.App, name)
        assert inspect.iscoroutinefunction(wanted) == inspect.iscoroutinefunction(given), name
        assert list(inspect.signature(wanted).parameters) == list(inspect.signature(given).parameters), name


def test_the_app_is_found_by_name():
    assert worker._app_at("proxy.server.app:App") is app.App


class Heard:
    """A channel that keeps what is said."""

    def __init__(self):
        self.said = []

    def say(self, message):
        self.said.append(message)


class Broken:
    """An app of which everything fails."""

    @property
    def live(self):
        raise RuntimeError("a bug")

    def numbers(self):
        raise RuntimeError("a bug")


def a_worker(app=None, server=None) -> worker.Worker:
    made = worker.Worker.__new__(worker.Worker)
    made._app, made._server, made._clock, made._lookout = app, server, ManualClock(), Lookout()
    made._channel, made._metrics, made._visits, made._generation = Heard(), metrics.Metrics(), [], 1
    return made


async def test_who_opens_a_connection_and_says_nothing_is_shown_out():
    async with House() as house:
        at_work = a_worker(server=house.server)
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: dripping")
        await until(lambda: house.server.connections)
        await at_work._sweep()
        at_work._clock.advance(HEAD_SECONDS)
        await at_work._sweep()
        with contextlib.suppress(ConnectionResetError):
            assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()


async def test_rules_that_break_us_are_not_taken_and_the_parent_hears_it(caplog):
    at_work = a_worker(Broken())
    await at_work._renew(control.Rules(2, {}))
    assert at_work._channel.said == [control.Serving(1, "the rules could not be taken")]
    assert "a mistake of ours" in caplog.text


async def test_numbers_that_fail_cost_only_themselves(caplog):
    async with House() as house:
        at_work = a_worker(Broken(), house.server)
        at_work._metrics.answered(200)
        await at_work._tell()
        assert metrics.read(at_work._channel.said[0].metrics).answers == {"2xx": 1}
