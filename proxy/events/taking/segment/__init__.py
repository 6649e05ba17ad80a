"""Segment's events in, in Segment's own spelling; the ad platform's events out.

    door.py      a request of Segment's in, an answer out
    calls.py     its bytes as calls (track, page, ...), or what is wrong with it
    mapping.py   a call as the ad platform's events, or the reason why it is none
    fields.py    what it says, in the ad platform's fields
    names.py     which call means what; a YAML file may say so

What comes out is kept in the outbox like any other event. Those who send here
(analytics.js, servers, Segment itself by webhook) know nothing of us: their
paths, keys, limits and answers are Segment's.
"""
