"""What stands between a request and its room, with rooms and a spelling of the test's own."""

import asyncio
from collections import Counter

from proxy.clock import ManualClock
from proxy.events.taking import replies
from proxy.events.taking.doorway import Doorway, Terms
from proxy.events.taking.guard import Guard, Rate
from proxy.events.taking.origins import Origins
from proxy.events.taking.replies import Refusal, in_json
from proxy.server.connection import Server
from tests.events_door import post


async def at_a_doorway(*requests, rate=None, spelled=None):
    """The answers to requests (`tests.events_door.post`), what was counted, and what the room was given."""
    counts, given = Counter(), []

    async def room(request, fields, body):
        given.append(body)
        if body == b"no":
            raise Refusal("no", replies.NOT_WELCOME)
        return in_json(200, b"{}")

    terms = Terms(Origins(None), Guard(rate), ManualClock(), lambda _: "client", lambda _: "shop.example")
    more = {} if spelled is None else {"spelled": spelled}
    door = Doorway({"/room": room}, counts, 100, terms, **more)
    assert (door.owns("/room?x"), door.owns("/room/"), door.owns("/other")) == (True, False, False)
    server = Server(door.handle, 75)
    listening = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0)
    try:
        port = listening.sockets[0].getsockname()[1]
        answers = [await post(port, path="/room", **how) for how in requests]
    finally:
        listening.close()
        await server.shutdown(1)
    return answers, counts, given


async def test_a_room_is_given_the_body_of_a_request_that_may_come_in():
    answers, counts, given = await at_a_doorway({"body": b"in"}, {"body": b"x" * 101}, {"method": "GET"})
    assert [answer.status for answer in answers] == [200, 413, 405]
    assert given == [b"in"]
    assert counts == {"rejected|too_large": 1, "rejected|method": 1}


async def test_every_refusal_is_said_in_the_senders_own_spelling():
    def spelled(why, told):
        return in_json(told.status, b'"%b"' % why.encode(), told.lines)

    strange = {"headers": "Origin: https://stranger.example\r\n"}
    answers, counts, _ = await at_a_doorway(strange, {"body": b"no"}, {}, {}, rate=Rate(2, 60), spelled=spelled)
    assert [(answer.status, answer.json if answer.status > 200 else None) for answer in answers] == [
        (403, "origin"),
        (403, "no"),
        (200, None),
        (429, "rate"),
    ]
    assert answers[-1].headers["retry-after"] == "30"
    assert counts == {"rejected|origin": 1, "rejected|no": 1, "rejected|rate": 1}
