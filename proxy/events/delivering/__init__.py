"""Delivering: claim, add the key, post, settle, until the ad platform has it.

    delivery.py     who goes next, until we are told to stop
    lane.py         one way to the ad platform: its kinds, its spelling, how it does
    destination.py  whether its address is going, backs off or stands still
    probing.py      the event that asks whether the set-up is mended
    flight.py       one claimed batch, to its last event
    post.py         a call on the wire; the only file of this wing that holds the key
    answers.py      what the platform's answer means
    settling.py     what becomes of the events that met it
    ledger.py       what the outbox is still to be told
    forward.py      an event of version 1, handed on at once for the platform's own answer

Every event that was claimed is settled exactly once, however its batch ends. An
unclear outcome is sent again, since its `id` makes twice harmless.
"""
