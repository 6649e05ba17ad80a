"""Bytes of a JSON body, found and put together again without losing one. Pure.

What a listing is and where an ad goes is decided one room further out
(`plan.py`, `merge.py`, `layout.py`); in here are only places in a body: the
way to an array, where its items begin and end, how a field is written into an
object. Nobody but those files comes in.
"""
