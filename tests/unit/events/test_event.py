"""An event as we keep it."""

import pytest

from proxy.events.event import Event, Kept, Shelf


def an_event(**changes):
    return Event(**({"kind": "clicks", "id": "e1", "body": b'{"id":"e1"}', "digest": b"d"} | changes))


def test_two_events_of_the_same_content_are_equal():
    assert an_event() == an_event()
    assert an_event() != an_event(digest=b"other")


def test_what_is_kept_does_not_change_under_its_readers():
    kept = Kept(ref="1", event=an_event(), shelf=Shelf.WAITING, taken_at=0.0)
    with pytest.raises(AttributeError):
        kept.shelf = Shelf.DEAD
