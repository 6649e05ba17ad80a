"""Whatever happens in whatever order, every event lies where a few lines of a model say that it does."""

import asyncio
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from proxy.clock import ManualClock
from proxy.events.backoff import most_together
from proxy.events.event import Event, Shelf
from proxy.events.keeping.outbox import Again, Dead, Delivered, Put, Untouched
from proxy.events.keeping.outbox_sqlite import SqliteOutbox

KIND = "clicks"
IDS = some.sampled_from(["", "a", "b", "c", "d"])
EVENTS = some.builds(lambda id, says: an_event(id, says), IDS, some.integers(0, 2))


def an_event(id: str, says: int) -> Event:
    body = json.dumps({"id": id, "says": says}).encode()
    return Event(kind=KIND, id=id, body=body, digest=body)


@dataclass
class Expected:
    """An event as the model knows it."""

    event: Event
    shelf: Shelf = Shelf.WAITING
    attempts: int = 0
    due: float = 0.0
    claimed: bool = False


class Shelves(RuleBasedStateMachine):
    """An outbox beside a model of it: its events by ref, and what was seen."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.clock = ManualClock()
        self.loop = asyncio.new_event_loop()
        self.there: dict[str, Expected] = {}
        self.seen: set[tuple[str, bytes]] = set()
        self.open()

    def open(self) -> None:
        self.outbox = SqliteOutbox(Path(self.folder.name), size=1 << 30, clock=self.clock)
        self.do(self.outbox.open())

    def do(self, what):
        return self.loop.run_until_complete(what)

    def teardown(self) -> None:
        if hasattr(self, "loop"):
            self.do(self.outbox.close())
            self.loop.run_until_complete(self.loop.shutdown_default_executor())
            self.loop.close()
            self.folder.cleanup()

    async def _listed(self) -> dict[str, object]:
        return {kept.ref: kept for shelf in Shelf async for kept in self.outbox.each(shelf)}

    def new_ones(self) -> list[object]:
        return [kept for ref, kept in sorted(self.do(self._listed()).items(), key=number) if ref not in self.there]

    def expected_of(self, event: Event) -> Put:
        contents = {digest for id, digest in self.seen if id == event.id}
        return Put.SEEN if event.digest in contents else Put.CONFLICT if contents else Put.TAKEN

    @rule(events=some.lists(EVENTS, min_size=1, max_size=4))
    def put(self, events: list[Event]) -> None:
        taken = []
        expected = []
        for event in events:
            expected.append(self.expected_of(event))
            if expected[-1] is not Put.SEEN:
                taken.append(event)
                self.remember(event)
        assert self.do(self.outbox.put(events)) == expected
        new = self.new_ones()
        assert [kept.event for kept in new] == taken
        self.there |= {kept.ref: Expected(kept.event) for kept in new}

    def remember(self, event: Event) -> None:
        if event.id:
            self.seen.add((event.id, event.digest))

    @rule(event=EVENTS)
    def filter(self, event: Event) -> None:
        self.do(self.outbox.filter([event], "a crawler"))
        (kept,) = self.new_ones()
        self.there[kept.ref] = Expected(event, Shelf.FILTERED)

    @rule(most=some.integers(1, 50))
    def claim(self, most: int) -> None:
        kept = self.do(self.outbox.claim(KIND, most))
        due = [ref for ref, one in self.waiting() if not one.claimed and one.due <= self.clock.wall()][:most]
        allowed = [most_together(self.there[ref].attempts) for ref in due]
        assert [one.ref for one in kept] == due[
            : max(size for size in range(len(due) + 1) if all(size <= one for one in allowed[:size]))
        ]
        for one in kept:
            self.there[one.ref].claimed = True

    @rule()
    def probe(self) -> None:
        kept = self.do(self.outbox.claim_untried(KIND))
        untried = [ref for ref, one in self.waiting() if not one.claimed and one.attempts == 0]
        assert [one.ref for one in kept] == untried[:1]
        for one in kept:
            self.there[one.ref].claimed = True

    def waiting(self):
        return [(ref, one) for ref, one in sorted(self.there.items(), key=number) if one.shelf is Shelf.WAITING]

    @precondition(lambda self: any(one.claimed for one in self.there.values()))
    @rule(
        data=some.data(),
        end=some.sampled_from([Delivered, Again, Dead, Untouched]),
        pause=some.sampled_from([0.0, 5.0, 300.0]),
    )
    def settle(self, data, end, pause: float) -> None:
        ref = data.draw(some.sampled_from(sorted(ref for ref, one in self.there.items() if one.claimed)))
        one = self.there[ref]
        self.do(
            self.outbox.settle(
                [Again(ref, pause, "503") if end is Again else Dead(ref, "400") if end is Dead else end(ref)]
            )
        )
        one.claimed = False
        if end is Delivered:
            del self.there[ref]
        elif end is Again:
            one.attempts, one.due = one.attempts + 1, self.clock.wall() + pause
        elif end is Dead:
            one.attempts, one.shelf = one.attempts + 1, Shelf.DEAD
            self.seen.discard((one.event.id, one.event.digest))

    @precondition(lambda self: self.there)
    @rule(data=some.data(), other=some.none() | EVENTS)
    def retry(self, data, other: Event | None) -> None:
        ref = data.draw(some.sampled_from(sorted(self.there)))
        assert self.do(self.outbox.retry(ref, other))
        event = other or self.there.pop(ref).event
        self.there.pop(ref, None)
        (kept,) = self.new_ones()
        assert kept.event == event
        self.there[kept.ref] = Expected(event)
        self.remember(event)

    @precondition(lambda self: self.there)
    @rule(data=some.data())
    def drop(self, data) -> None:
        ref = data.draw(some.sampled_from(sorted(self.there)))
        assert self.do(self.outbox.drop(ref))
        del self.there[ref]

    @rule(seconds=some.sampled_from([1.0, 10.0, 3500.0]))
    def time_passes(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule()
    def another_process_takes_over(self) -> None:
        self.do(self.outbox.close())
        for one in self.there.values():
            one.claimed = False
        self.open()

    @invariant()
    def every_event_lies_where_it_should(self) -> None:
        if hasattr(self, "loop"):
            found = self.do(self._listed())
            told = {ref: (one.event, one.shelf, one.attempts) for ref, one in self.there.items()}
            assert {ref: (kept.event, kept.shelf, kept.attempts) for ref, kept in found.items()} == told
            status = self.do(self.outbox.status())
            counts = {Shelf.WAITING: status.waiting, Shelf.DEAD: status.dead, Shelf.FILTERED: status.filtered}
            for shelf, count in counts.items():
                assert count.get(KIND, 0) == sum(one.shelf is shelf for one in self.there.values())


def number(item: tuple[str, object]) -> int:
    return int(item[0].removeprefix("@"))


TestShelves = Shelves.TestCase
TestShelves.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
