"""proxy/wire/connection.py"""

import asyncio
import socket
from typing import Any

from proxy.wire.connection import Connection
from tests.unit.wire.test_pool import Asked, Transport


class Keeper:
    def __init__(self) -> None:
        self.told: list[str] = []

    def closed(self, connection: Connection) -> None:
        self.told.append("closed")

    def finished(self, connection: Connection, idle: float | None) -> None:
        self.told.append(f"finished {idle}")


def a_connection() -> tuple[Connection, Keeper, Any]:
    keeper, transport = Keeper(), Transport()
    connection = Connection(keeper, old_at=100.0)
    made: Any = transport
    connection.connection_made(made)
    return connection, keeper, transport


def test_what_arrives_goes_to_the_request_that_is_served() -> None:
    connection, keeper, _ = a_connection()
    asked = Asked()
    connection.begin(asked, 0.0, 1.0)
    connection.data_received(b"x")
    connection.finish(5.0)
    assert (asked.told, keeper.told, connection.uses) == (["received"], ["finished 5.0"], 1)


def test_bytes_that_nobody_asked_for_end_it_at_once() -> None:
    connection, keeper, transport = a_connection()
    connection.data_received(b"x")
    assert (connection.is_closed, keeper.told, transport.ended) == (True, ["closed"], "at once")


def test_its_end_is_told_once_to_both() -> None:
    connection, keeper, transport = a_connection()
    asked = Asked()
    connection.begin(asked, 0.0, 1.0)
    connection.close(gently=True)
    connection.close()
    connection.connection_lost(None)
    assert (asked.told, keeper.told, transport.ended) == (["lost"], ["closed"], "gently")
    assert not connection.fit()


async def test_who_waits_for_room_goes_on_when_there_is_room_and_when_it_ends() -> None:
    for event in (Connection.resume_writing, Connection.close):
        connection, _, _ = a_connection()
        await connection.drained()  # nothing to wait for
        connection.pause_writing()
        waiting = asyncio.create_task(connection.drained())
        await asyncio.sleep(0)
        assert not waiting.done()
        event(connection)
        await waiting


def test_bytes_that_the_loop_has_not_told_of_are_seen() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        connection, _, _ = a_connection()
        connection.stand_on(ours, secure=False)
        assert connection.fit()
        theirs.send(b"x")
        assert connection.has_unread()
        assert not connection.fit()
        ours.recv(1)
        assert connection.fit()
        theirs.close()  # an end is something to read as well
        assert not connection.fit()


def test_what_was_said_before_a_broken_write_is_rescued_but_never_through_tls() -> None:
    for secure, rescued in ((False, b"413"), (True, b"")):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.setblocking(False)
            connection, _, _ = a_connection()
            connection.stand_on(ours, secure)
            got: list[bytes] = []

            class Listening(Asked):
                def lost(self, error: Exception | None, unread: bytes, got: list[bytes] = got) -> None:
                    got.append(unread)

            connection.begin(Listening(), 0.0, 1.0)
            theirs.send(b"413")
            connection.connection_lost(BrokenPipeError())
            assert got == [rescued]
