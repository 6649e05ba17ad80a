"""The rooms of the outbox on Redis.

Nobody looks in here but `outbox_redis.py` and, for what machines tell each
other about rates, `taking/rates.py`. What must hold whatever dies in
between is one script each (`*.lua`): Redis runs a script whole, and nothing
beside it. `common.lua` says what lies under which key; all keys share one hash
tag, so that they live together in a cluster too.
"""
