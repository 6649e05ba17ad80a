"""What every outbox promises (`proxy/events/keeping/outbox.py`), once, for every home.

A home's test file inherits `OutboxContract` and gives it the fixture `home`.
"""

import asyncio
import json
from contextlib import asynccontextmanager
from typing import Protocol

import pytest

from proxy.clock import ManualClock
from proxy.events.backoff import LONGEST
from proxy.events.event import Event, Shelf
from proxy.events.keeping.outbox import Again, Dead, Delivered, Outbox, OutboxTrouble, Put, Untouched
from tests.patience import until

DAY = 24 * 3600.0
TAKEN, SEEN, CONFLICT = Put.TAKEN, Put.SEEN, Put.CONFLICT


class Home(Protocol):
    """Where outboxes live: those that one home makes share what they keep, like the processes of one proxy."""

    clock: ManualClock

    def outbox(self, *, size: int = 1 << 30, dead_size: int = 1 << 30) -> Outbox:
        """One more process's way to the outbox, not opened."""
        ...

    async def put_in_another_process(self, events: list[Event], times: int) -> list[Put]:
        """Put these events, one by one, `times` times in parallel, in a process of its own; all that was answered."""
        ...


def an_event(id: str = "e1", kind: str = "clicks", says: str = "", **changes) -> Event:
    body = json.dumps({"id": id, "says": says}).encode()
    return Event(**({"kind": kind, "id": id, "body": body, "digest": body} | changes))


def events_of(*ids: str) -> list[Event]:
    return [an_event(id) for id in ids]


@asynccontextmanager
async def opened(outbox: Outbox):
    await outbox.open()
    try:
        yield outbox
    finally:
        await outbox.close()


def ids_of(kept) -> list[str]:
    return [one.event.id for one in kept]


async def all_of(outbox: Outbox, shelf: Shelf):
    return [one async for one in outbox.each(shelf)]


async def outcome_of(putting):
    """What was answered, or the word for what is wrong."""
    try:
        return await putting
    except OutboxTrouble as trouble:
        return trouble.why


async def claimed(outbox: Outbox, most: int = 50, kind: str = "clicks"):
    return await outbox.claim(kind, most)


class OutboxContract:
    @pytest.fixture
    def home(self) -> Home:
        raise NotImplementedError

    @pytest.fixture
    async def outbox(self, home):
        async with opened(home.outbox()) as outbox:
            yield outbox

    # -- taking

    async def test_what_was_taken_is_claimed_as_it_came(self, outbox, home):
        event = an_event("é\ud83d\ude00\x00", says="räksmörgås", digest=b"\x00\xff")
        odd = an_event("lone \ud800 surrogate")
        assert await outbox.put([event, odd]) == [TAKEN, TAKEN]
        first, second = await claimed(outbox)
        assert (first.event, second.event) == (event, odd)
        assert (first.shelf, first.attempts, first.said, first.age) == (Shelf.WAITING, 0, "", 0.0)
        assert first.taken_at == pytest.approx(home.clock.wall())
        assert first.ref != second.ref

    async def test_nothing_put_is_nothing_kept(self, outbox):
        assert await outbox.put([]) == []
        assert await claimed(outbox) == []

    async def test_the_same_event_is_taken_once(self, outbox):
        assert await outbox.put(events_of("e1", "e2", "e1")) == [TAKEN, TAKEN, SEEN]
        assert await outbox.put(events_of("e2")) == [SEEN]
        assert ids_of(await claimed(outbox)) == ["e1", "e2"]

    async def test_the_same_id_with_other_content_is_taken_too_and_told(self, outbox):
        assert await outbox.put([an_event(says="a"), an_event(says="b")]) == [TAKEN, CONFLICT]
        assert await outbox.put([an_event(says="c")]) == [CONFLICT]
        assert await outbox.put([an_event(says="b")]) == [SEEN]
        assert len(await claimed(outbox)) == 3

    async def test_the_same_id_of_another_kind_is_another_event(self, outbox):
        assert await outbox.put([an_event(), an_event(kind="impressions")]) == [TAKEN, TAKEN]

    async def test_an_event_without_an_id_is_always_new(self, outbox):
        nameless = an_event("", kind="v1")
        assert await outbox.put([nameless, nameless]) == [TAKEN, TAKEN]
        assert await outbox.put([nameless]) == [TAKEN]
        assert len(await claimed(outbox, kind="v1")) == 3

    async def test_an_id_stays_known_when_its_event_is_delivered(self, outbox):
        await outbox.put([an_event()])
        (kept,) = await claimed(outbox)
        await outbox.settle([Delivered(kept.ref)])
        assert await outbox.put([an_event()]) == [SEEN]
        assert await claimed(outbox) == []

    async def test_after_seven_days_an_id_is_new(self, outbox, home):
        await outbox.put([an_event()])
        home.clock.advance(7 * DAY - 60)
        assert await outbox.put([an_event()]) == [SEEN]
        home.clock.advance(120)
        assert await outbox.put([an_event()]) == [TAKEN]

    async def test_an_id_is_known_for_seven_days_from_its_delivery(self, outbox, home):
        await outbox.put([an_event()])
        home.clock.advance(3 * DAY)
        (kept,) = await claimed(outbox)
        await outbox.settle([Delivered(kept.ref)])
        home.clock.advance(6 * DAY)
        assert await outbox.put([an_event()]) == [SEEN]

    async def test_what_was_seen_outlives_the_process(self, outbox, home):
        await outbox.put([an_event()])
        await outbox.close()
        async with opened(home.outbox()) as next_one:
            assert await next_one.put([an_event()]) == [SEEN]

    async def test_fifty_at_once_with_one_id_are_one_event(self, outbox, home):
        async with opened(home.outbox()) as other:
            homes = [outbox, other] * 25
            answers = await asyncio.gather(*(one.put([an_event()]) for one in homes))
        assert sorted(answer.name for (answer,) in answers) == ["SEEN"] * 49 + ["TAKEN"]
        assert len(await claimed(outbox)) == 1

    async def test_two_processes_with_the_same_ids_keep_each_event_once(self, outbox, home):
        events = events_of(*map(str, range(20)))
        here = [asyncio.ensure_future(outbox.put([event])) for event in events * 5]
        there = await home.put_in_another_process(events, times=5)
        answers = [answer for (answer,) in await asyncio.gather(*here)] + there
        assert answers.count(TAKEN) == 20
        assert answers.count(SEEN) == 180
        assert sorted(ids_of(await claimed(outbox)), key=int) == [str(number) for number in range(20)]

    async def test_a_request_is_kept_whole_or_not_at_all(self, home):
        async with opened(home.outbox(size=5000)) as outbox:
            with pytest.raises(OutboxTrouble) as refused:
                await outbox.put([an_event("small"), an_event("large", says="x" * 10_000)])
            assert refused.value.why == "full"
            assert await claimed(outbox) == []
            assert await outbox.put([an_event("small")]) == [TAKEN]

    async def test_a_full_outbox_takes_nothing_new_until_something_has_left(self, home):
        async with opened(home.outbox(size=4000)) as outbox:
            answers = [await outcome_of(outbox.put([an_event(str(number))])) for number in range(100)]
            assert "full" in answers
            assert answers.index("full") == 100 - answers.count("full")
            status = await outbox.status()
            assert status.trouble
            assert status.size <= status.limit == 4000
            assert await outbox.put([an_event("0")]) == [SEEN]
            first = (await claimed(outbox, 5))[:5]
            await outbox.settle([Delivered(one.ref) for one in first])
            assert (await outbox.status()).trouble == ""
            assert await outbox.put([an_event("new")]) == [TAKEN]

    async def test_a_cancelled_sender_leaves_its_events_whole_or_not_there(self, outbox):
        task = asyncio.ensure_future(outbox.put(events_of("a", "b", "c")))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await outbox.put(events_of("d"))  # what came before it is written before it
        assert ids_of(await claimed(outbox)) in (["a", "b", "c", "d"], ["d"])

    # -- claiming

    async def test_events_are_claimed_oldest_first_each_kind_for_itself(self, outbox):
        await outbox.put([*events_of("1", "2"), an_event("x", kind="impressions")])
        await outbox.put(events_of("3", "4"))
        assert ids_of(await claimed(outbox, 3)) == ["1", "2", "3"]
        assert ids_of(await claimed(outbox, kind="impressions")) == ["x"]
        assert ids_of(await claimed(outbox, 3)) == ["4"]

    async def test_what_is_claimed_is_nobody_elses_until_it_is_settled(self, outbox):
        await outbox.put(events_of("1", "2"))
        first = await claimed(outbox, 1)
        assert ids_of(await claimed(outbox)) == ["2"]
        await outbox.settle([Untouched(first[0].ref)])
        (again,) = await claimed(outbox)
        assert (again.event.id, again.attempts, again.said) == ("1", 0, "")

    async def test_two_who_claim_at_once_never_get_the_same_event(self, outbox):
        await outbox.put(events_of(*map(str, range(90))))
        parts = await asyncio.gather(*(claimed(outbox, 30) for _ in range(6)))
        parts += [await claimed(outbox, 50), await claimed(outbox, 50)]
        assert sorted(int(id) for part in parts for id in ids_of(part)) == list(range(90))

    async def test_what_is_to_be_tried_again_is_due_after_its_pause(self, outbox, home):
        await outbox.put([an_event()])
        (kept,) = await claimed(outbox)
        await outbox.settle([Again(kept.ref, 5.0, "503")])
        home.clock.advance(4.9)
        assert await claimed(outbox) == []
        home.clock.advance(0.2)
        (again,) = await claimed(outbox)
        assert (again.ref, again.attempts, again.said, again.event) == (kept.ref, 1, "503", kept.event)
        assert again.age == pytest.approx(5.1)

    async def test_older_events_come_before_younger_ones_when_they_are_due_again(self, outbox, home):
        await outbox.put(events_of("old"))
        (old,) = await claimed(outbox)
        await outbox.settle([Again(old.ref, 1.0, "")])
        home.clock.advance(2.0)
        await outbox.put(events_of("young"))
        assert ids_of(await claimed(outbox)) == ["old", "young"]

    async def test_what_was_tried_often_goes_out_in_smaller_parts(self, outbox):
        await outbox.put(events_of(*map(str, range(60))))
        for _ in range(5):
            kept = await claimed(outbox, 50)
            await outbox.settle([Again(one.ref, 0.0, "500") for one in kept[:1]])
            await outbox.settle([Untouched(one.ref) for one in kept[1:]])
        assert (await claimed(outbox, 50))[0].attempts == 5
        assert len(await claimed(outbox, 50)) == 48

    async def test_a_part_is_as_small_as_its_most_tried_event_asks(self, outbox):
        await outbox.put(events_of(*map(str, range(60))))
        for _ in range(5):
            (kept,) = await claimed(outbox, 1)
            await outbox.settle([Again(kept.ref, 0.0, "500")])
        assert len(await claimed(outbox, 50)) == 12

    async def test_what_broke_its_batch_again_and_again_goes_alone(self, outbox):
        await outbox.put(events_of(*map(str, range(10))))
        for _ in range(9):
            (kept,) = await claimed(outbox, 1)
            await outbox.settle([Again(kept.ref, 0.0, "500")])
        assert ids_of(await claimed(outbox)) == ["0"]
        assert len(await claimed(outbox)) == 9

    async def test_a_probe_takes_one_event_that_was_never_posted(self, outbox):
        await outbox.put(events_of("tried", "fresh", "fresher"))
        (kept,) = await claimed(outbox, 1)
        await outbox.settle([Again(kept.ref, 0.0, "401")])
        assert ids_of(await outbox.claim_untried("clicks")) == ["fresh"]
        assert ids_of(await outbox.claim_untried("clicks")) == ["fresher"]
        assert ids_of(await outbox.claim_untried("clicks")) == []
        assert ids_of(await outbox.claim_untried("impressions")) == []

    async def test_no_pause_is_longer_than_the_longest(self, outbox, home):
        await outbox.put([an_event()])
        (kept,) = await claimed(outbox)
        await outbox.settle([Again(kept.ref, 10 * LONGEST, "")])
        home.clock.advance(LONGEST + 1)
        assert len(await claimed(outbox)) == 1

    async def test_what_was_claimed_and_not_settled_is_there_for_the_next_one(self, outbox, home):
        await outbox.put(events_of("1", "2"))
        kept = await claimed(outbox)
        await outbox.settle([Delivered(kept[0].ref)])
        await outbox.close()
        async with opened(home.outbox()) as next_one:
            assert ids_of(await claimed(next_one)) == ["2"]

    # -- settling

    async def test_what_is_delivered_is_gone(self, outbox):
        await outbox.put([an_event()])
        (kept,) = await claimed(outbox)
        await outbox.settle([Delivered(kept.ref)])
        assert await all_of(outbox, Shelf.WAITING) == []
        assert await outbox.find("e1") == []
        assert (await outbox.status()).size == 0

    async def test_settling_what_is_gone_is_nothing(self, outbox):
        await outbox.put([an_event()])
        (kept,) = await claimed(outbox)
        await outbox.settle([Delivered(kept.ref)])
        await outbox.settle([Delivered(kept.ref), Again(kept.ref, 1.0, ""), Dead(kept.ref, ""), Untouched(kept.ref)])
        await outbox.settle([Dead("what is this", "")])
        assert (await outbox.status()).dead == {}

    async def test_settling_at_once_counts_each_attempt_once(self, outbox):
        await outbox.put(events_of(*map(str, range(20))))
        kept = await claimed(outbox)
        await asyncio.gather(*(outbox.settle([Again(one.ref, 0.0, "half \ud800 a pair")]) for one in kept))
        assert [one.attempts for one in await claimed(outbox)] == [1] * 20

    async def test_a_dead_event_is_kept_with_the_reason_and_its_id_may_come_again(self, outbox):
        await outbox.put([an_event()])
        (kept,) = await claimed(outbox)
        await outbox.settle([Dead(kept.ref, "400: no such bid")])
        (dead,) = await all_of(outbox, Shelf.DEAD)
        assert (dead.ref, dead.shelf, dead.said, dead.event) == (kept.ref, Shelf.DEAD, "400: no such bid", kept.event)
        assert await claimed(outbox) == []
        assert await outbox.put([an_event()]) == [TAKEN]
        assert len(await claimed(outbox)) == 1

    async def test_dead_letters_do_not_use_up_the_room_of_those_that_wait(self, home):
        async with opened(home.outbox(size=2000)) as outbox:
            for number in range(20):
                await outbox.put([an_event(str(number))])
                (kept,) = await claimed(outbox)
                await outbox.settle([Dead(kept.ref, "400")])
            status = await outbox.status()
        assert (status.size, status.dead) == (0, {"clicks": 20})
        assert status.dead_size > 2000

    async def test_where_the_dead_letters_have_no_room_the_event_waits_on_and_says_so(self, home, caplog):
        async with opened(home.outbox(dead_size=500)) as outbox:
            await outbox.put(events_of("1", "2", "3"))
            kept = await claimed(outbox)
            await outbox.settle([Dead(one.ref, "400: bad") for one in kept])
            status = await outbox.status()
            assert (status.dead, status.waiting, status.dead_limit) == ({"clicks": 2}, {"clicks": 1}, 500)
            (waiting,) = await all_of(outbox, Shelf.WAITING)
            assert waiting.said.startswith("400: bad")
            assert "no room" in waiting.said
            assert [record.getMessage() for record in caplog.records if "no room" in record.getMessage()] == [
                "the dead letters have no room (500 bytes): what is refused goes on waiting"
            ]
            assert await claimed(outbox) == []
            home.clock.advance(LONGEST + 1)
            assert ids_of(await claimed(outbox)) == ["3"]

    # -- filtering

    async def test_filtered_events_are_listed_and_counted_and_never_claimed(self, outbox):
        await outbox.filter([an_event()], "a crawler: ExampleBot")
        assert await claimed(outbox) == []
        (kept,) = await all_of(outbox, Shelf.FILTERED)
        assert (kept.shelf, kept.said, kept.event) == (Shelf.FILTERED, "a crawler: ExampleBot", an_event())
        status = await outbox.status()
        assert (status.filtered, status.waiting, status.size) == ({"clicks": 1}, {}, 0)
        assert await outbox.put([an_event()]) == [TAKEN]

    async def test_of_the_filtered_events_the_last_ten_thousand_are_kept(self, outbox):
        many = [an_event(str(number)) for number in range(5_100)]
        await outbox.filter(many, "a")
        await outbox.filter(many, "b")
        kept = await all_of(outbox, Shelf.FILTERED)
        assert len(kept) == 10_000
        assert (kept[0].event.id, kept[0].said, kept[-1].said) == ("200", "a", "b")

    async def test_after_seven_days_filtered_events_are_gone(self, outbox, home):
        await outbox.filter([an_event()], "a crawler")
        await outbox.put(events_of("waits"))
        home.clock.advance(7 * DAY + 60)

        async def they_are_gone() -> bool:
            home.clock.advance(2.0)
            await claimed(outbox)
            return await all_of(outbox, Shelf.FILTERED) == []

        await until(they_are_gone)
        assert len(await all_of(outbox, Shelf.WAITING)) == 1

    # -- looking and deciding

    async def test_an_event_is_found_by_its_ref_or_its_id_on_any_shelf(self, outbox):
        await outbox.put([an_event(says="a"), an_event(says="b"), an_event("other")])
        kept = await claimed(outbox)
        await outbox.settle([Dead(kept[0].ref, "400")])
        await outbox.filter([an_event(says="c")], "a crawler")
        assert sorted(one.shelf for one in await outbox.find("e1")) == ["dead", "filtered", "waiting"]
        (found,) = await outbox.find(kept[0].ref)
        assert (found.ref, found.shelf) == (kept[0].ref, Shelf.DEAD)
        assert await outbox.find("nobody") == []

    async def test_a_shelf_is_read_page_by_page_oldest_first(self, outbox):
        await outbox.put([an_event(str(number)) for number in range(1_001)])
        assert ids_of(await all_of(outbox, Shelf.WAITING)) == [str(number) for number in range(1_001)]
        assert await all_of(outbox, Shelf.DEAD) == []

    async def test_a_shelf_may_change_while_it_is_read(self, outbox):
        await outbox.put([an_event(str(number)) for number in range(600)])
        read = []
        async for one in outbox.each(Shelf.WAITING):
            read.append(one)
            if len(read) == 1:
                kept = await outbox.claim("clicks", 50)
                await outbox.settle([Delivered(other.ref) for other in kept])
        assert 550 <= len(read) <= 600
        assert len(set(ids_of(read))) == len(read)

    async def test_a_dead_event_that_is_retried_waits_as_if_it_were_new(self, outbox, home):
        await outbox.put([an_event()])
        (kept,) = await claimed(outbox)
        await outbox.settle([Again(kept.ref, 0.0, "503")])
        await claimed(outbox)
        await outbox.settle([Dead(kept.ref, "400")])
        home.clock.advance(80 * 3600)
        assert await outbox.retry(kept.ref)
        (again,) = await claimed(outbox)
        assert (again.event, again.attempts, again.said) == (kept.event, 0, "")
        assert again.age == pytest.approx(0.0)
        assert again.taken_at == pytest.approx(kept.taken_at)
        assert await all_of(outbox, Shelf.DEAD) == []
        assert await outbox.put([an_event()]) == [SEEN]

    async def test_an_event_may_be_retried_with_other_content(self, outbox):
        await outbox.put([an_event(says="wrong")])
        (kept,) = await claimed(outbox)
        await outbox.settle([Dead(kept.ref, "400")])
        assert await outbox.retry(kept.ref, an_event(says="right"))
        (again,) = await claimed(outbox)
        assert again.event == an_event(says="right")
        assert await outbox.put([an_event(says="right")]) == [SEEN]

    async def test_what_is_changed_while_it_is_posted_is_posted_once_more(self, outbox):
        await outbox.put([an_event(says="wrong")])
        (kept,) = await claimed(outbox)
        assert await outbox.retry(kept.ref, an_event(says="right"))
        await outbox.settle([Delivered(kept.ref)])
        (again,) = await claimed(outbox)
        assert again.event == an_event(says="right")

    async def test_what_waits_may_be_retried_at_once(self, outbox):
        await outbox.put([an_event()])
        (kept,) = await claimed(outbox)
        await outbox.settle([Again(kept.ref, 200.0, "503")])
        assert await claimed(outbox) == []
        assert await outbox.retry(kept.ref)
        assert len(await claimed(outbox)) == 1

    async def test_a_filtered_event_may_be_sent_after_all(self, outbox):
        await outbox.filter([an_event()], "a crawler")
        (kept,) = await all_of(outbox, Shelf.FILTERED)
        assert await outbox.retry(kept.ref)
        assert ids_of(await claimed(outbox)) == ["e1"]

    async def test_what_is_dropped_is_gone_and_a_replay_does_not_bring_it_back(self, outbox):
        await outbox.put([an_event()])
        (kept,) = await all_of(outbox, Shelf.WAITING)
        assert await outbox.drop(kept.ref)
        assert await claimed(outbox) == []
        assert await outbox.put([an_event()]) == [SEEN]

    async def test_what_is_dropped_while_it_is_posted_stays_dropped(self, outbox):
        await outbox.put([an_event()])
        (kept,) = await claimed(outbox)
        assert await outbox.drop(kept.ref)
        await outbox.settle([Again(kept.ref, 0.0, "503")])
        assert await claimed(outbox) == []

    async def test_nothing_is_done_to_what_is_gone(self, outbox):
        assert not await outbox.retry("nothing")
        assert not await outbox.retry("@12345")
        assert not await outbox.drop("@12345")

    # -- status, ages

    async def test_the_status_counts_by_kind_and_shelf(self, outbox, home):
        await outbox.put([*events_of("1", "2", "3"), an_event(kind="purchases")])
        (kept,) = await claimed(outbox, 1)
        await outbox.settle([Dead(kept.ref, "400")])
        await outbox.filter([an_event("f")], "a crawler")
        home.clock.advance(10)
        status = await outbox.status()
        assert (status.waiting, status.dead) == ({"clicks": 2, "purchases": 1}, {"clicks": 1})
        assert status.filtered == {"clicks": 1}
        assert status.oldest == pytest.approx(10)
        assert 0 < status.size < status.limit == 1 << 30
        assert status.dead_size > 0
        assert (status.paused, status.trouble, status.set_aside) == ("", "", "")

    async def test_an_empty_outbox_has_no_oldest_event(self, outbox):
        status = await outbox.status()
        assert (status.oldest, status.waiting, status.size, status.dead_size) == (None, {}, 0, 0)

    async def test_sizes_and_counts_are_those_of_what_is_there(self, outbox):
        events = [an_event(str(number), says="x" * number) for number in range(40)]
        await outbox.put(events)
        before = (await outbox.status()).size
        kept = await claimed(outbox, 40)
        await outbox.settle([Dead(one.ref, "400") for one in kept])
        assert (await outbox.status()).dead_size == before
        for one in await all_of(outbox, Shelf.DEAD):
            await outbox.drop(one.ref)
        status = await outbox.status()
        assert (status.size, status.dead_size, status.waiting, status.dead) == (0, 0, {}, {})

    async def test_while_delivery_stands_still_nothing_grows_older(self, outbox, home):
        await outbox.put(events_of("before"))
        home.clock.advance(100)
        for _ in range(500):
            await outbox.stand_still("401: the key is refused")
            home.clock.advance(5)
        await outbox.put(events_of("meanwhile"))
        status = await outbox.status()
        assert status.paused == "401: the key is refused"
        assert status.oldest == pytest.approx(100)
        await outbox.go_on()
        assert (await outbox.status()).paused == ""
        home.clock.advance(7)
        assert [one.age for one in await claimed(outbox)] == pytest.approx([107, 7])

    async def test_saying_so_twice_in_a_moment_is_saying_it_once(self, outbox, home):
        await outbox.put([an_event()])
        await outbox.go_on()
        for _ in range(3):
            await outbox.stand_still("401")
            await outbox.stand_still("401")
            home.clock.advance(3)
        await outbox.go_on()
        await outbox.go_on()
        home.clock.advance(2)
        (kept,) = await claimed(outbox)
        assert kept.age == pytest.approx(2)

    async def test_a_standstill_outlives_the_process_and_every_process_knows(self, outbox, home):
        await outbox.put([an_event()])
        await outbox.stand_still("402: pay")
        home.clock.advance(10)
        async with opened(home.outbox()) as other:
            assert (await other.status()).paused == "402: pay"
        await outbox.close()
        home.clock.advance(10)
        async with opened(home.outbox()) as next_one:
            await next_one.stand_still("402: pay")
            home.clock.advance(10)
            await next_one.go_on()
            (kept,) = await claimed(next_one)
            assert kept.age == pytest.approx(0.0)

    async def test_one_who_no_longer_says_so_stands_still_no_longer(self, outbox, home):
        await outbox.put([an_event()])
        await outbox.stand_still("401")
        home.clock.advance(DAY)
        status = await outbox.status()
        assert status.paused == ""
        assert status.oldest == pytest.approx(DAY)

    # -- waiting

    async def test_waiting_ends_when_something_is_put_here_or_elsewhere(self, outbox, home):
        async with opened(home.outbox()) as other:
            for number, sender in enumerate((outbox, other)):
                assert await claimed(outbox) == []
                waiting = asyncio.ensure_future(outbox.wait(3600))
                await sender.put([an_event(str(number))])
                await asyncio.wait_for(waiting, 20)
                (kept,) = await claimed(outbox)
                await outbox.settle([Delivered(kept.ref)])

    async def test_what_is_put_between_claiming_and_waiting_is_not_missed(self, outbox, home):
        async with opened(home.outbox()) as other:
            assert await claimed(outbox) == []
            await other.put([an_event()])
            await asyncio.wait_for(outbox.wait(3600), 20)
            assert len(await claimed(outbox)) == 1

    async def test_waiting_ends_after_its_time(self, outbox):
        await claimed(outbox)
        await outbox.wait(0.01)
