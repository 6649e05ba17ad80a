import pytest

from proxy.clock import ManualClock
from proxy.ops.metrics import Metrics, Tally, read
from proxy.server import control
from proxy.server.crew import Crew, pause_after


@pytest.mark.parametrize(
    ("lived", "last", "pause"), [(60, 8, 0), (5, 0, 0), (1, 0, 0.25), (1, 0.25, 0.5), (0, 8, 10), (0, 10, 10)]
)
def test_a_worker_that_was_fine_is_replaced_at_once_and_others_more_and_more_slowly(lived, last, pause):
    assert pause_after(lived, last) == pause


class FakeChild:
    def __init__(self, number, generation=1, tally=None):
        self.number, self.generation, self.tally = number, generation, tally or Tally()
        self.pid, self.heard, self.told, self.killed = 100 + number, 0.0, [], False

    def say(self, message):
        self.told.append(message)

    async def report(self, within):
        self.told.append(control.Report())

    def kill(self):
        self.killed = True


def a_crew(*children):
    clock = ManualClock()
    crew = Crew(None, "", clock, None, lambda child: None)
    crew._children = {child.number: child for child in children}
    return crew, clock


def test_only_those_count_that_serve_by_the_book_in_force():
    crew, _ = a_crew(FakeChild(1, 3), FakeChild(2, 4), FakeChild(3, 0))
    assert (crew.serving(4), crew.serving(3)) == (1, 1)
    assert crew.serves


def test_while_an_edit_is_taken_it_still_serves():
    assert a_crew(FakeChild(1, 3))[0].serves
    assert not a_crew(FakeChild(1, 0))[0].serves


async def test_a_worker_that_cannot_even_be_started_is_tried_again_and_in_the_end_given_up(monkeypatch, caplog):
    async def start(*_):
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("proxy.server.crew.Child.start", start)
    monkeypatch.setattr("proxy.server.crew.pause_after", lambda *_: 0)
    with pytest.raises(RuntimeError, match="no worker comes to serve"):
        await a_crew()[0].keep(1)
    assert caplog.text.count("could not be started: Resource temporarily unavailable") == 3


def test_one_that_is_silent_for_long_is_ended():
    crew, clock = a_crew(silent := FakeChild(1), lively := FakeChild(2))
    clock.advance(60.5)
    lively.heard = 60
    crew.end_the_silent()
    assert (silent.killed, lively.killed) == (True, False)


def test_one_that_refuses_what_was_checked_is_replaced(caplog):
    crew, _ = a_crew(child := FakeChild(1))
    crew._hear(child, control.Serving(1, "the rules could not be taken"))
    assert child.told == [control.Drain(5.0)]
    assert "could not be taken" in caplog.text


async def test_what_the_dead_counted_stays_counted_and_their_gauges_go():
    crew, _ = a_crew(dying := FakeChild(1, tally=counted(3)), living := FakeChild(2, tally=counted(4)))
    crew._bury(dying)
    tally = await crew.tally()
    assert tally.answers == {"2xx": 7}
    assert tally.counters == {"x_total": 7}
    assert tally.gauges["x"] == 4
    assert living.told == [control.Report()]


def counted(number):
    metrics = Metrics()
    for _ in range(number):
        metrics.answered(200)
    return read(metrics.snapshot({"x_total": number, "x": number}))


def test_draining_and_killing_reach_everyone():
    crew, _ = a_crew(one := FakeChild(1), other := FakeChild(2))
    crew.drain(3)
    assert one.told == other.told == [control.Drain(3)]
    crew.kill()
    assert one.killed
    assert other.killed
