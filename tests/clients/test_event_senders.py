"""Senders of events as they really are: Topsort's SDK, and a browser's fetch and beacon, from pages that may and that may not."""

import asyncio
import contextlib
import functools
import http.server
import threading
from collections.abc import Iterator

import pytest

from tests.browser import a_page, chromium
from tests.clients.node import run_node
from tests.events_door import Door, a_door, an_event
from tests.patience import until


async def test_topsorts_sdk_is_taken_told_what_is_wrong_and_told_to_try_again():
    async with a_door(rate=(5, 3600)) as door:
        host = f"http://127.0.0.1:{door.port}/topsort"
        said = (await asyncio.to_thread(functools.partial(run_node, "topsort_sdk.mjs", HOST=host))).json
        assert said["impression"] == said["again"] == said["purchase"] == {"ok": True, "retry": False}
        assert (said["bad"]["status"], said["bad"]["body"]["errCode"]) == (400, "bad_request")
        assert "impressions[0].id" in said["bad"]["body"]["message"]
        assert said["more"] == {"ok": True, "retry": False}
        assert door.ids() == ["i1", "p1", "i2"]


async def test_topsorts_sdk_tries_again_when_the_proxy_says_so():
    async with a_door(rate=(1, 3600)) as door:
        host = f"http://127.0.0.1:{door.port}/topsort"
        said = (await asyncio.to_thread(functools.partial(run_node, "topsort_sdk.mjs", HOST=host))).json
        assert said["impression"] == {"ok": True, "retry": False}
        assert said["again"] == said["more"] == {"ok": False, "retry": True}


# -- a browser ----


class Page(http.server.BaseHTTPRequestHandler):
    """An empty page, at every address."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextlib.contextmanager
def pages() -> Iterator[int]:
    """A server of empty pages; its port."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@contextlib.contextmanager
def door_beside(**settings: object) -> Iterator[tuple[Door, asyncio.AbstractEventLoop]]:
    """A door in a loop of its own, since a browser is driven from this one."""
    started: list[tuple[Door, asyncio.AbstractEventLoop, asyncio.Event]] = []
    ready = threading.Event()

    async def serve() -> None:
        async with a_door(**settings) as door:
            ended = asyncio.Event()
            started.append((door, asyncio.get_running_loop(), ended))
            ready.set()
            await ended.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(20)
    door, loop, ended = started[0]
    try:
        yield door, loop
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()


def ids_once_there(door: Door, loop: asyncio.AbstractEventLoop, number: int) -> list[str]:
    """The ids that were kept, once there are so many."""
    asyncio.run_coroutine_threadsafe(until(lambda: len(door.ids()) >= number, f"{door.events.counts}"), loop).result()
    return sorted(door.ids())


SEND = """async ([url, ids, event]) => {
  const body = (id) => JSON.stringify({impressions: [{...event, id}]});
  const json = {"Content-Type": "application/json"};
  const statuses = [];
  statuses.push((await fetch(url, {method: "POST", body: body(ids[0])})).status);
  const headers = {...json, Accept: "application/json", "X-UA": "sdk", Authorization: "Bearer none"};
  statuses.push((await fetch(url, {method: "POST", body: body(ids[1]), headers, keepalive: true})).status);
  statuses.push((await fetch(url, {method: "POST", body: body(ids[2]), headers, credentials: "include"})).status);
  navigator.sendBeacon(url, body(ids[3]));
  navigator.sendBeacon(url, new Blob([body(ids[4])], {type: "application/json"}));
  return statuses;
}"""
IDS = ["plain", "sdk", "credentials", "beacon", "beacon-of-json"]


@pytest.mark.parametrize("where", ["another site", "the same site"])
def test_a_browsers_fetches_and_beacons_are_taken_from_a_page_that_may_send(where):
    with pages() as port:
        listed = {"another site": [f"http://localhost:{port}"], "the same site": None}[where]
        page_host = "localhost" if listed else "127.0.0.1"
        with door_beside(origins=listed) as (door, loop), chromium() as browser, a_page(browser) as page:
            page.goto(f"http://{page_host}:{port}/")
            url = f"http://127.0.0.1:{door.port}/topsort/v2/events"
            assert page.evaluate(SEND, [url, IDS, an_event()]) == [204, 204, 204]
            assert ids_once_there(door, loop, 5) == sorted(IDS)


def test_a_browser_keeps_strangers_out_even_where_it_needs_no_preflight():
    """The beacon of a stranger reaches the door and is refused there; a fetch is refused, and its page may not read why."""
    send = """async ([url, event]) => {
      const body = JSON.stringify({impressions: [event]});
      navigator.sendBeacon(url, body);
      const headers = {"Content-Type": "application/json"};
      return await fetch(url, {method: "POST", body, headers}).then((answer) => answer.status, (error) => error.name);
    }"""
    with pages() as port, door_beside() as (door, loop), chromium() as browser:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"http://localhost:{port}/")
        url = f"http://127.0.0.1:{door.port}/topsort/v2/events"
        assert page.evaluate(send, [url, an_event()]) == "TypeError"
        seen = until(lambda: door.events.counts["rejected|origin"] >= 2, "the beacon never came")
        asyncio.run_coroutine_threadsafe(seen, loop).result()
        assert door.ids() == []
        context.close()
