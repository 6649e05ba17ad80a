"""One call, to a platform that may do anything."""

import gzip
from contextlib import asynccontextmanager

import pytest

from proxy.clock import ManualClock
from proxy.events.delivering.answers import Verdict
from proxy.events.delivering.post import MOST_BYTES, Post
from proxy.wire.client import Client
from proxy.wire.origin import Origin
from tests.ad_platform import AdPlatform, breaks_off, closes, hangs, raw, says

KEY = "TSE_secret"


class Setting:
    def __init__(self, platform, client, **times):
        self.key = KEY
        self.platform = platform
        self.post = Post(client, lambda: self.key, "/v2/events", ManualClock(), **times)


@asynccontextmanager
async def posting(reply=None, base="", **times):
    async with AdPlatform() as platform:
        platform.replies = reply or raw(b"HTTP/1.1 204 X\r\n\r\n")
        client = Client(Origin.parse(platform.url + base), connections=4, name="ad platform")
        yield Setting(platform, client, **times)
        await client.close()


async def test_the_body_goes_out_as_it_is_with_the_key_in_the_head():
    async with posting() as setting:
        posted = await setting.post.send(b'{"clicks":[{"a" :1}]}')
        assert posted.meaning.verdict is Verdict.TAKEN
        (request,) = setting.platform.requests
        assert request.line == "POST /v2/events HTTP/1.1"
        assert request.body == b'{"clicks":[{"a" :1}]}'
        assert request.headers["authorization"] == f"Bearer {KEY}"
        assert set(request.headers) == {
            "host",
            "user-agent",
            "authorization",
            "accept",
            "content-type",
            "content-length",
        }


async def test_a_path_in_front_is_kept_and_the_connection_too():
    async with posting(base="/topsort/") as setting:
        for _ in range(3):
            await setting.post.send(b"{}")
        assert {request.line for request in setting.platform.requests} == {"POST /topsort/v2/events HTTP/1.1"}
        assert setting.platform.connections == 1


HEAD = b"HTTP/1.1 200 X\r\nContent-Type: application/json\r\n"
CASES = {
    "no answer, but the end": (closes, Verdict.AGAIN, True),
    "not HTTP": (raw(b"SSH-2.0-OpenSSH_9\r\n\r\n"), Verdict.AGAIN, True),
    "an end within the head": (breaks_off(b"HTTP/1.1 204 X\r\nContent-Le"), Verdict.AGAIN, True),
    "an end within the body": (breaks_off(HEAD + b"Content-Length: 100\r\n\r\n{"), Verdict.AGAIN, True),
    "a chunk without a size": (raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), Verdict.AGAIN, True),
    "nothing at all": (hangs, Verdict.AGAIN, True),
    "a body that does not end": (raw(HEAD + b"Content-Length: 100\r\n\r\n{"), Verdict.AGAIN, True),
    "a 503": (says(503), Verdict.AGAIN, False),
    "a 400": (says(400, b'{"errCode":"bad_request"}'), Verdict.REFUSED, False),
    "a redirect": (says(307, b"", "Location: https://elsewhere.example/v2/events"), Verdict.SET_UP, False),
    "JSON without an end": (says(200, b'{"a":"' + b"x" * (2 * MOST_BYTES)), Verdict.TAKEN, False),
    "a page without an end": (
        raw(b"HTTP/1.1 200 X\r\nContent-Type: text/html\r\nContent-Length: 9999999999\r\n\r\n<html>"),
        Verdict.SET_UP,
        False,
    ),
    "JSON that would be too long": (raw(b"HTTP/1.1 200 X\r\nContent-Length: 9999999\r\n\r\n{"), Verdict.TAKEN, False),
    "a bomb": (says(200, gzip.compress(b" " * 10_000_000), "Content-Encoding: gzip"), Verdict.TAKEN, False),
}


@pytest.mark.parametrize("name", CASES)
async def test_whatever_comes_has_a_meaning(name):
    reply, verdict, ambiguous = CASES[name]
    patient = name not in ("nothing at all", "a body that does not end")
    async with posting(reply, whole=30.0 if patient else 0.1) as setting:
        meaning = (await setting.post.send(b"{}")).meaning
        assert meaning.verdict is verdict
        assert meaning.ambiguous is ambiguous
        assert len(setting.platform.requests) == 1
        assert KEY not in repr(meaning)


async def test_nobody_there_is_no_ambiguity():
    async with posting() as setting:
        await setting.platform.__aexit__()
        meaning = (await setting.post.send(b"{}")).meaning
        assert meaning.verdict is Verdict.AGAIN
        assert not meaning.ambiguous


async def test_an_answer_can_be_handed_on_as_json_without_the_key():
    async with posting(says(200, b'{"clickId":"1","key":"TSE_secret"}')) as setting:
        posted = await setting.post.send(b"{}")
        assert (posted.status, posted.json) == (200, b'{"clickId":"1","key":"***"}')
    async with posting(says(404, b"<html>")) as setting:
        posted = await setting.post.send(b"{}")
        assert (posted.status, posted.json) == (404, None)


async def test_a_key_that_cannot_stand_in_a_head_is_a_fault_of_the_set_up():
    async with posting() as setting:
        setting.key = "a\r\nb"
        posted = await setting.post.send(b"{}")
        assert posted.meaning.verdict is Verdict.SET_UP
        assert (posted.status, posted.json, setting.platform.requests) == (0, None, [])


async def test_it_knows_whether_the_key_is_a_new_one():
    async with posting() as setting:
        assert not setting.post.has_new_key
        await setting.post.send(b"{}")
        assert not setting.post.has_new_key
        setting.key = ""
        assert setting.post.has_new_key
        await setting.post.send(b"{}")
        assert not setting.post.has_new_key
