"""What an outbox says of itself."""

from proxy.errors import Trouble
from proxy.events.keeping.outbox import OutboxTrouble


def test_an_outbox_that_cannot_keep_events_says_why_in_one_word_and_in_full():
    trouble = OutboxTrouble("full", "1 GiB waits already")
    assert isinstance(trouble, Trouble)
    assert trouble.why == "full"
    assert "1 GiB waits already" in str(trouble)
