"""proxy/wire/pool.py: with connections that are made of nothing."""

import asyncio
from typing import Any

import pytest

from proxy.clock import ManualClock
from proxy.wire.connection import Connection
from proxy.wire.errors import ConnectTimeout, Refused
from proxy.wire.pool import OLD_AFTER, OLD_SPREAD, Pool


class Transport:
    """Stands where a socket's transport would."""

    def __init__(self) -> None:
        self.ended = ""

    def is_closing(self) -> bool:
        return bool(self.ended)

    def close(self) -> None:
        self.ended = "gently"

    def abort(self) -> None:
        self.ended = "at once"


class Asked:
    """Stands where an answer would."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def received(self, data: bytes) -> None:
        self.told.append("received")

    def lost(self, error: Exception | None, unread: bytes) -> None:
        self.told.append("lost")

    def timed_out(self) -> None:
        self.told.append("timed out")


async def dial(connection: Connection) -> None:
    transport: Any = Transport()
    connection.connection_made(transport)


def a_pool(clock: ManualClock | None = None, **keys: Any) -> Pool:
    how = {"limit": 2, "connect_timeout": 3.0, "idle": 15.0, **keys}
    return Pool(how.pop("dial", dial), clock or ManualClock(), **how)


async def taken(pool: Pool, asked: Asked | None = None, patience: float = 60.0) -> Connection:
    connection = pool.kept(0.0) or await pool.take(may_be_kept=True)
    connection.begin(asked or Asked(), 0.0, patience)
    return connection


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_the_connection_used_last_is_used_first() -> None:
    pool = a_pool(limit=3)
    first, second, third = [await taken(pool) for _ in range(3)]
    for connection in (second, first, third):
        connection.finish(None)
    assert [pool.kept(0.0), pool.kept(0.0), pool.kept(0.0), pool.kept(0.0)] == [third, first, second, None]


async def test_a_connection_that_has_ended_is_not_given_out() -> None:
    pool = a_pool()
    connection = await taken(pool)
    connection.finish(None)
    connection.connection_lost(None)
    assert (pool.idle, pool.size) == (0, 0)
    assert pool.kept(0.0) is None


async def test_a_connection_that_is_ending_is_not_given_out() -> None:
    pool = a_pool()
    connection = await taken(pool)
    connection.finish(None)
    assert connection.transport is not None
    connection.transport.close()  # and the loop has not told us yet
    assert pool.kept(0.0) is None
    assert pool.size == 0


async def test_an_idle_connection_ends_when_its_time_is_over() -> None:
    clock = ManualClock()
    pool = a_pool(clock)
    connection = await taken(pool)
    connection.finish(None)
    pool.look()
    clock.advance(14.9)
    pool.look()
    assert pool.idle == 1
    clock.advance(0.2)
    pool.look()
    assert pool.size == 0


@pytest.mark.parametrize(("hint", "left"), [(5.0, 4.0), (1.0, 0.0), (0.0, 0.0), (300.0, 15.0)])
async def test_the_origins_own_idle_limit_is_kept_with_a_second_to_spare(hint: float, left: float) -> None:
    clock = ManualClock()
    pool = a_pool(clock)
    connection = await taken(pool)
    connection.finish(hint)
    assert pool.idle == (1 if left else 0)
    pool.look()
    clock.advance(left + 0.1)
    pool.look()
    assert pool.size == 0


async def test_a_connection_does_not_serve_for_ever() -> None:
    pool = a_pool()
    connection = await taken(pool)
    connection.finish(None)
    assert pool.kept(OLD_AFTER - 1) is connection
    connection.finish(None)
    assert pool.kept(OLD_AFTER + OLD_SPREAD) is None


async def test_who_finds_all_taken_waits_in_turn() -> None:
    pool = a_pool(limit=1)
    connection = await taken(pool)
    order: list[int] = []

    async def wait(number: int) -> Connection:
        got = await pool.take(may_be_kept=True)
        got.begin(Asked(), 0.0, 60.0)
        order.append(number)
        return got

    waiting = [asyncio.create_task(wait(number)) for number in range(3)]
    await turns()
    assert pool.queued == 3
    for number in range(3):
        connection.finish(None)
        assert await waiting[number] is connection
    assert order == [0, 1, 2]
    assert pool.opened == 1


async def test_who_needs_a_new_connection_gets_the_place_of_one_that_comes_free() -> None:
    pool = a_pool(limit=1)
    old = await taken(pool)
    waiting = asyncio.create_task(pool.take(may_be_kept=False))
    await turns()
    old.finish(None)
    new = await waiting
    assert new is not old
    assert old.is_closed
    assert (pool.size, pool.opened) == (1, 2)


async def test_an_idle_connection_makes_room_for_a_new_one() -> None:
    pool = a_pool(limit=2)
    first, second = await taken(pool), await taken(pool)
    first.finish(None)
    second.finish(None)
    new = await pool.take(may_be_kept=False)
    assert first.is_closed  # the oldest
    assert not second.is_closed
    assert not new.is_closed
    assert pool.size == 2


async def test_requests_that_need_new_connections_do_not_leave_ever_more_behind() -> None:
    pool = a_pool(limit=100)
    for _ in range(20):
        connection = await pool.take(may_be_kept=False)
        connection.begin(Asked(), 0.0, 60.0)
        connection.finish(None)
    assert (pool.size, pool.opened) == (1, 20)


async def test_who_stops_waiting_leaves_no_trace() -> None:
    pool = a_pool(limit=1)
    connection = await taken(pool)
    waiting = [asyncio.create_task(pool.take(may_be_kept=True)) for _ in range(2)]
    await turns()
    waiting[0].cancel()
    await turns()
    connection.finish(None)
    assert await waiting[1] is connection
    assert pool.size == 1


@pytest.mark.parametrize("kept", [True, False])
async def test_what_was_given_to_one_who_left_in_that_moment_goes_to_the_next(kept: bool) -> None:
    pool = a_pool(limit=1)
    connection = await taken(pool)
    waiting = [asyncio.create_task(pool.take(may_be_kept=kept)) for _ in range(2)]
    await turns()
    connection.finish(None)
    waiting[0].cancel()  # it has been given something, and does not know yet
    with pytest.raises(asyncio.CancelledError):
        await waiting[0]
    got = await waiting[1]
    assert (got is connection) == kept
    assert pool.size == 1
    assert pool.queued == 0


async def test_a_failed_attempt_gives_its_place_back() -> None:
    async def fail(connection: Connection) -> None:
        raise Refused("no")

    pool = a_pool(limit=1, dial=fail)
    for _ in range(3):
        with pytest.raises(Refused):
            await pool.take(may_be_kept=True)
    assert pool.size == 0


async def test_an_attempt_that_takes_too_long_gives_its_place_back() -> None:
    async def hang(connection: Connection) -> None:
        await asyncio.Event().wait()

    pool = a_pool(limit=1, dial=hang, connect_timeout=0.01)
    with pytest.raises(ConnectTimeout):
        await pool.take(may_be_kept=True)
    assert pool.size == 0


async def test_a_connection_that_ends_at_once_is_refused() -> None:
    async def end(connection: Connection) -> None:
        await dial(connection)
        connection.connection_lost(None)

    pool = a_pool(dial=end)
    with pytest.raises(Refused):
        await pool.take(may_be_kept=True)
    assert pool.size == 0


async def test_a_deadline_moves_while_something_moves_and_is_told_when_it_is_past() -> None:
    clock = ManualClock()
    pool = a_pool(clock)
    asked = Asked()
    connection = await taken(pool, asked, patience=10.0)
    clock.advance(9)
    connection.moved = True
    pool.look()
    clock.advance(9)
    pool.look()
    assert asked.told == []
    clock.advance(2)
    pool.look()
    assert asked.told == ["timed out"]


async def test_a_tunnel_leaves_its_place_to_others() -> None:
    pool = a_pool(limit=1)
    connection = await taken(pool)
    waiting = asyncio.create_task(pool.take(may_be_kept=True))
    await turns()
    pool.set_apart(connection)
    assert not (await waiting).is_closed
    assert pool.size == 2
    connection.connection_lost(None)
    assert pool.size == 1


async def test_a_pool_that_is_closed_ends_everything_and_gives_nothing() -> None:
    pool = a_pool(limit=2)
    asked = Asked()
    busy, idle = await taken(pool, asked), await taken(pool)
    idle.finish(None)
    tunnel = await taken(pool)
    pool.set_apart(tunnel)
    third = await taken(pool)
    waiting = asyncio.create_task(pool.take(may_be_kept=True))
    await turns()
    await pool.close()
    assert all(connection.is_closed for connection in (busy, idle, tunnel, third))
    assert asked.told == ["lost"]
    with pytest.raises(Refused):
        await waiting
    with pytest.raises(Refused):
        await pool.take(may_be_kept=True)
    assert pool.size == 0


async def test_no_tick_runs_while_there_is_no_connection() -> None:
    pool = a_pool()
    assert pool._ticking is None
    connection = await taken(pool)
    assert pool._ticking is not None
    connection.close()
    pool._tick()
    assert pool._ticking is None
