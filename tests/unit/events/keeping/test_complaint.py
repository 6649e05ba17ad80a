import logging

from proxy.clock import ManualClock
from proxy.events.keeping.complaint import EVERY, Complaint


def test_the_first_is_said_at_once_with_the_room_there_is(caplog):
    Complaint(4096, ManualClock()).say()
    assert [(record.levelno, "(4096 bytes)" in record.getMessage()) for record in caplog.records] == [
        (logging.ERROR, True)
    ]


def test_a_lasting_lack_of_room_is_said_again_only_after_a_while(caplog):
    clock = ManualClock()
    complaint = Complaint(4096, clock)
    for _ in range(3):
        complaint.say()
        clock.advance(EVERY / 3 - 1)
    assert len(caplog.records) == 1
    clock.advance(3)
    complaint.say()
    assert len(caplog.records) == 2
