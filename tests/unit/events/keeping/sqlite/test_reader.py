"""The thread that reads."""

import threading

import pytest

from proxy.events.keeping.outbox import OutboxTrouble
from proxy.events.keeping.sqlite.connection import opened_to_write
from proxy.events.keeping.sqlite.place import Place
from proxy.events.keeping.sqlite.reader import Reader


async def test_it_reads_beside_a_writer_and_not_in_the_event_loop(tmp_path):
    place = Place(tmp_path)
    place.make()
    writer = opened_to_write(place.file)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE state SET stood = 7")
    reader = Reader(place)
    stood = await reader.run(lambda file: file.execute("SELECT stood FROM state").fetchone()[0])
    thread = await reader.run(lambda file: threading.current_thread())
    reader.close()
    writer.close()
    assert stood == 0
    assert thread is not threading.current_thread()


async def test_what_is_not_there_is_trouble_and_what_is_closed_too(tmp_path):
    reader = Reader(Place(tmp_path))
    with pytest.raises(OutboxTrouble):
        await reader.run(lambda file: None)
    reader.close()
    with pytest.raises(OutboxTrouble):
        await reader.run(lambda file: None)
