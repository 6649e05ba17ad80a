"""`sponsored-proxy events`, beside a running proxy and without one."""

import asyncio
import json

import pytest

from proxy.cli.main import main
from proxy.clock import SystemClock
from proxy.events.event import Shelf
from proxy.events.keeping.outbox import Dead, Put
from proxy.events.keeping.outbox_sqlite import SqliteOutbox
from proxy.events.keeping.sqlite.place import Place
from proxy.events.taking.batch import read_batch, read_v1

CLICK = {"id": "c1", "occurredAt": "2026-01-31T12:59:59Z", "opaqueUserId": "u1", "resolvedBidId": "b1"}
V1 = {"eventType": "Click", "session": {"sessionId": "s"}, "placement": {"page": "p"}, "id": "v1-event"}


def clicks(*ids, **changes):
    request = {"clicks": [{**CLICK, "id": id, **changes} for id in ids]}
    return [received.event for received in read_batch(json.dumps(request).encode())]


class Shop:
    """A data folder with an outbox, and the command beside it."""

    def __init__(self, folder, capsys):
        self.folder = folder
        self._capsys = capsys

    def fill(self, *events, dead=(), filtered=()):
        async def filled(outbox):
            await outbox.put(dead)
            for kind in {event.kind for event in dead}:
                await outbox.settle([Dead(kept.ref, "400: no such bid") for kept in await outbox.claim(kind, 50)])
            await outbox.filter(filtered, "a crawler")
            return await outbox.put(events)

        return self.ask(filled)

    def ask(self, question):
        async def asked():
            outbox = SqliteOutbox(self.folder, size=1 << 30, clock=SystemClock())
            await outbox.open()
            try:
                return await question(outbox)
            finally:
                await outbox.close()

        return asyncio.run(asked())

    def ids(self, shelf):
        async def listed(outbox):
            return [kept.event.id async for kept in outbox.each(shelf)]

        return self.ask(listed)

    def __call__(self, *words, status=0):
        """What `events` with these words prints; where it fails, what it says is wrong."""
        assert main(["events", words[0], "--data", str(self.folder), *words[1:]]) == status
        out, err = self._capsys.readouterr()
        return err if status else out


@pytest.fixture
def shop(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    return Shop(tmp_path / "data", capsys)


def test_an_outbox_that_cannot_be_read_is_not_told_as_an_empty_one(shop):
    shop.fill(*clicks("1"))
    file = Place(shop.folder).file
    file.write_bytes(b"no database" * 1000)
    assert "the outbox cannot keep events (damaged)" in shop("status", status=1)
    assert "(unreachable)" in shop("status", "--redis", "redis://127.0.0.1:1/0", "--format", "json", status=1)


def test_the_status_says_how_many_wait_and_of_what(shop):
    shop.fill(*clicks("1", "2"), dead=clicks("3"), filtered=clicks("4"))
    lines = shop("status").splitlines()
    assert lines[0] == "waiting   2 (clicks 2), the oldest for 0s"
    assert lines[1:3] == ["dead      1 (clicks 1)", "filtered  1 (clicks 1)"]
    assert json.loads(shop("status", "--format", "json"))["waiting"] == {"clicks": 2}


def test_it_works_beside_a_running_proxy(shop):
    async def beside(outbox):
        await outbox.put(clicks("1", "2"))
        kept = await outbox.claim("clicks", 50)
        listed = await asyncio.to_thread(shop, "list")
        await asyncio.to_thread(shop, "drop", "1")
        return kept, listed, [one.event.id async for one in outbox.each(Shelf.WAITING)]

    kept, listed, left = shop.ask(beside)
    assert len(kept) == 2
    assert len(listed.splitlines()) == 3
    assert left == ["2"]


def test_shelves_are_listed_one_line_an_event(shop):
    shop.fill(*clicks("1", "2"), dead=clicks("3"), filtered=clicks("4"))
    heading, *lines = shop("list").splitlines()
    assert heading.split() == ["REF", "KIND", "ID", "AGE", "TRIES", "SAID"]
    assert [line.split()[1:3] for line in lines] == [["clicks", "1"], ["clicks", "2"]]
    assert "400: no such bid" in shop("list", "--dead")
    assert "a crawler" in shop("list", "--filtered")
    assert [one["id"] for one in json.loads(shop("list", "--format", "json"))] == ["1", "2"]
    assert json.loads(shop("list", "--dead", "--format", "json"))[0]["said"] == "400: no such bid"


def test_an_empty_shelf_is_an_empty_list(shop):
    shop.fill()
    assert len(shop("list").splitlines()) == 1
    assert json.loads(shop("list", "--format", "json")) == []
    assert shop("export") == ""


def test_an_export_is_json_lines_with_the_bodies_as_sent(shop):
    shop.fill(*clicks("1", price=1.10), *clicks("two"))
    lines = [json.loads(line) for line in shop("export").splitlines()]
    assert [line["event"]["id"] for line in lines] == ["1", "two"]
    assert set(lines[0]) == {"ref", "kind", "id", "shelf", "takenAt", "age", "attempts", "said", "event"}


def test_an_event_is_shown_by_its_id_or_its_ref(shop):
    shop.fill(*clicks("c1"))
    shown = shop("show", "c1")
    assert '"resolvedBidId": "b1"' in shown
    assert shop("show", "@1").splitlines()[0] == shown.splitlines()[0] == "ref    @1"
    assert json.loads(shop("show", "c1", "--format", "json"))["event"] == CLICK


@pytest.mark.parametrize("command", ["show", "retry", "drop"])
def test_an_unknown_id_is_one_clear_error(shop, command):
    shop.fill()
    said = shop(command, "nobody\x1b[2J", status=1)
    assert said == (
        "sponsored-proxy events: there is no event with the id or the ref nobody\\u001b[2J; it may be delivered already\n"
    )


def test_a_dead_event_is_sent_again(shop):
    shop.fill(dead=clicks("c1"))
    assert shop("retry", "c1").startswith("waits again: @1 clicks c1 (dead: 400: no such bid)")
    assert shop.ids(Shelf.WAITING) == ["c1"]
    assert shop.ids(Shelf.DEAD) == []


def test_all_dead_events_are_sent_again(shop):
    shop.fill(*clicks("waits"), dead=clicks(*map(str, range(50))))
    assert shop("retry", "--all") == "50 dead events wait again\n"
    assert len(shop.ids(Shelf.WAITING)) == 51
    assert shop("retry", "--all") == "0 dead events wait again\n"


def test_an_event_is_sent_again_with_other_content(shop, tmp_path):
    shop.fill(dead=clicks("c1"))
    (tmp_path / "event.json").write_text(json.dumps({**CLICK, "resolvedBidId": "b2"}, indent=1))
    assert shop("retry", "c1", "--with", str(tmp_path / "event.json")).endswith(f"{tmp_path / 'event.json'}\n")
    assert json.loads(shop("export"))["event"]["resolvedBidId"] == "b2"
    again = json.dumps({"clicks": [{**CLICK, "resolvedBidId": "b2"}]}).encode()
    assert shop.fill(read_batch(again)[0].event) == [Put.SEEN]


def test_an_event_of_version_1_is_sent_again_with_other_content(shop, tmp_path):
    shop.fill(dead=[read_v1(json.dumps(V1).encode()).event])
    (tmp_path / "event.json").write_text(json.dumps({**V1, "session": {"sessionId": "t"}}))
    shop("retry", "v1-event", "--with", str(tmp_path / "event.json"))
    assert json.loads(shop("export"))["event"]["session"] == {"sessionId": "t"}


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ("{", "it is not JSON"),
        ("[]", "write one event, a JSON object"),
        ('{"id": "c1"}', "occurredAt is missing"),
        (json.dumps({**CLICK, "id": ""}), "id is empty, or not text"),
        ('{"id": "a"}],"clicks":[{}', "it is not JSON"),
    ],
)
def test_what_is_no_event_is_not_sent_instead(shop, tmp_path, content, wrong):
    shop.fill(dead=clicks("c1"))
    (tmp_path / "event.json").write_text(content)
    assert wrong in shop("retry", "c1", "--with", str(tmp_path / "event.json"), status=1)
    assert wrong not in shop("retry", "c1", "--with", str(tmp_path / "nowhere.json"), status=1)
    assert shop.ids(Shelf.DEAD) == ["c1"]


@pytest.mark.parametrize("words", [[], ["c1", "--all"], ["--all", "--with", "x.json"]])
def test_a_retry_names_one_event_or_all(shop, words):
    shop.fill(dead=clicks("c1"))
    assert "name one event" in shop("retry", *words, status=1)


def test_a_dropped_event_is_named(shop):
    shop.fill(*clicks("c1"))
    assert shop("drop", "c1") == "dropped: @1 clicks c1 (waiting)\n"
    assert shop.ids(Shelf.WAITING) == []


def test_where_several_have_one_id_a_ref_is_asked_for(shop):
    shop.fill(*clicks("c1"), dead=clicks("c1", price=1))
    said = shop("drop", "c1", status=1)
    assert "2 events have the id c1" in said
    assert "@1  clicks, dead: 400: no such bid" in said
    shop("drop", "@1")
    assert shop.ids(Shelf.WAITING) == ["c1"]


def test_a_file_that_was_set_aside_is_looked_into_and_not_changed(shop, tmp_path):
    shop.fill(*clicks("1", "2"), dead=clicks("3"))
    aside = Place(shop.folder).set_aside(0.0)
    before = aside.read_bytes()
    shop.fill()
    assert "waiting   2 (clicks 2)" in shop("status", "--file", str(aside))
    assert len(shop("list", "--file", str(aside)).splitlines()) == 3
    assert json.loads(shop("export", "--dead", "--file", str(aside)))["id"] == "3"
    assert "is only read" in shop("drop", "1", "--file", str(aside), status=1)
    assert "is only read" in shop("retry", "1", "--file", str(aside), status=1)
    assert aside.read_bytes() == before
