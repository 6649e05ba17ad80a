import base64
import json
import socket
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
import pytest

from proxy.ops.admin import Admin
from proxy.ops.metrics import Metrics, read
from tests.unit.ops.test_start_page import QUIET
from tests.unit.ops.visits import a_visit

TOKEN = "a-token-of-twenty-four-c"


class Watched:
    is_ready = True
    the_house = QUIET

    def house(self):
        return self.the_house

    async def tally(self):
        return read(Metrics().snapshot({}))

    def visits(self):
        return [a_visit()]


@asynccontextmanager
async def admin(token=None, watched=None):
    made = Admin(watched or Watched(), socket.create_server(("127.0.0.1", 0)), token)
    await made.start()
    async with aiohttp.ClientSession(f"http://{made.address}") as session:

        async def ask(path, method="GET", **headers):
            async with session.request(method, path, headers=headers) as answer:
                return answer.status, await answer.text(), answer.headers

        yield ask
    await made.close()


async def test_health_says_nothing_but_that_we_live():
    async with admin() as ask:
        status, body, headers = await ask("/healthz")
        assert (status, body) == (200, "ok\n")
        assert "Server" not in headers


async def test_readiness_tells_workers_and_problems_and_stays_ready_with_them():
    watched = Watched()
    watched.the_house = replace(QUIET, problems=("search.yaml:2 slotz",))
    async with admin(watched=watched) as ask:
        status, body, _ = await ask("/readyz")
        assert status == 200
        assert json.loads(body)["problems"] == ["search.yaml:2 slotz"]
        watched.is_ready = False
        status, body, _ = await ask("/readyz")
        assert (status, json.loads(body)["ready"]) == (503, False)


async def test_metrics_and_page_are_served():
    async with admin() as ask:
        status, body, headers = await ask("/metrics")
        assert status == 200
        assert headers["Content-Type"].startswith("text/plain; version=")
        assert "sponsored_proxy_workers_wanted" in body
        status, body, headers = await ask("/")
        assert "0123456789abcdef" in body
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"


def basic(password):
    return "Basic " + base64.b64encode(f"me:{password}".encode()).decode()


@pytest.mark.parametrize("path", ["/", "/metrics"])
@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("", 401),
        ("Bearer", 401),
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        (f"Bearer {TOKEN[:-1]}", 401),
        (f"Bearer {TOKEN}é", 401),
        (TOKEN, 401),
        (basic(TOKEN), 200),
        (basic("x"), 401),
        ("Basic !!!", 401),
        ("Basic " + base64.b64encode(b"\xff").decode(), 401),
    ],
)
async def test_the_token_opens_and_nothing_else_does(path, said, status):
    async with admin(TOKEN) as ask:
        assert (await ask(path, Authorization=said))[0] == status


async def test_probes_need_no_token():
    async with admin(TOKEN) as ask:
        assert (await ask("/healthz"))[0] == 200
        assert (await ask("/readyz"))[0] == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:9090", 200),
        ("127.0.0.1", 200),
        ("[::1]:9090", 200),
        ("evil.example", 403),
        ("evil.example:9090", 403),
    ],
)
async def test_without_a_token_a_strange_name_is_not_answered(host, status):
    async with admin() as ask:
        assert (await ask("/metrics", Host=host))[0] == status


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_nothing_here_changes_anything(method):
    async with admin() as ask:
        assert (await ask("/", method))[0] == 405


async def test_what_is_not_there_is_404():
    async with admin(TOKEN) as ask:
        assert (await ask("/debug"))[0] == 404
