"""What is claimed is nobody else's until what became of it is written down."""

from proxy.events.event import Kept, Shelf
from proxy.events.keeping.outbox import Again, Delivered, Untouched
from proxy.events.keeping.sqlite.claims import Claims
from tests.unit.events.keeping.outbox_contract import an_event

A, B = (Kept(ref=ref, event=an_event(), shelf=Shelf.WAITING, taken_at=0.0) for ref in ("@1", "@2"))


def test_an_event_is_handed_out_once():
    claims = Claims()
    assert claims.hand_out([A]) == [A]
    assert claims.hand_out([A, B]) == [B]
    assert claims.now() == {"@1", "@2"}


def test_a_claim_ends_when_its_settlement_is_written_down():
    claims = Claims()
    claims.hand_out([A, B])
    claims.owe([Delivered("@1")])
    owed = claims.owed()
    assert claims.now() == {"@1", "@2"}
    claims.paid(owed)
    assert claims.now() == {"@2"}
    assert claims.owed() == []


def test_what_was_not_touched_is_free_at_once():
    claims = Claims()
    claims.hand_out([A])
    claims.owe([Untouched("@1")])
    assert (claims.now(), claims.owed()) == (frozenset(), [])


def test_what_is_said_while_another_word_is_written_down_is_not_forgotten():
    claims = Claims()
    claims.hand_out([A])
    claims.owe([Again("@1", 1.0, "503")])
    owed = claims.owed()
    claims.owe([Delivered("@1")])
    claims.paid(owed)
    assert claims.owed() == [Delivered("@1")]
    assert claims.now() == {"@1"}
