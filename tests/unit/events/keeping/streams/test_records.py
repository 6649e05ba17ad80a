"""An event in Redis is the event that was taken."""

import struct

import pytest

from proxy.events.event import Shelf
from proxy.events.keeping.streams.records import kept, number_of, record_of, ref_of, text
from tests.unit.events.keeping.outbox_contract import an_event


@pytest.mark.parametrize("id", ["e1", "", "lone \ud800 surrogate", "é\x00" * 1000])
def test_what_is_written_is_read(id):
    event = an_event(id, digest=b"\x00\xff")
    row = (b"17", struct.pack(">d", 90.0) + record_of(event, 100.5), struct.pack(">I", 3) + "503 é".encode())
    one = kept(row, Shelf.DEAD, 100.0)
    assert one.event == event
    assert (one.ref, one.taken_at, one.age, one.attempts, one.said) == ("@17", 100.5, 10.0, 3, "503 é")


def test_what_was_never_tried_has_nothing_to_say():
    one = kept((b"1", struct.pack(">d", 5.0) + record_of(an_event(), 5.0), b""), Shelf.WAITING, 4.0)
    assert (one.attempts, one.said, one.age) == (0, "", 0.0)


def test_a_ref_is_a_number_with_a_sign_and_nothing_else_is_one():
    assert number_of(ref_of(b"1700000000000000")) == "1700000000000000"
    assert [number_of(name) for name in ("17", "@", "@x", "@٣", "@" + "1" * 17)] == [""] * 5


def test_half_a_surrogate_pair_is_kept_as_what_can_be_kept():
    assert text("half \ud800") == b"half ?"
