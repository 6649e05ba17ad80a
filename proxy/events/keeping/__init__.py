"""Keeping: where events wait between the sender's answer and the ad platform's.

    outbox.py         what is promised, wherever it lives
    outbox_sqlite.py  in the data folder, for the workers of one machine: the door of `sqlite/`
    outbox_redis.py   on Redis, for as many machines as there are: the door of `streams/`

Accepted means durable; what is claimed and not settled comes back; nothing that
is to be delivered is deleted unasked. Nobody here speaks HTTP or knows the key.
A third home is a third door, and the same tests hold for it.
"""
