"""Taking: a request with events in, an answer out.

    handler.py   the door of the ad platform's own paths
    segment/     that of Segment's, whose events become the ad platform's there
    doorway.py   what every request goes through, whatever its spelling
    origins.py   which pages may send
    guard.py     who sends how much, and what is no shopper's
    rates.py     one limit for all machines
    sender.py    the sender's request and what it is told, on the wire
    inflate.py   a gzipped body, within a bound
    batch.py     its bytes as events, or all that is wrong with them
    intake.py    kept, handed on, or set aside
    replies.py   what a sender is told

A request is taken whole or not at all, and its sender is told so only when its
events are in the outbox. Nothing of its header goes on. What becomes of events
later is nobody's business here.
"""
