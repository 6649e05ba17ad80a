"""Events: taken from shoppers, kept on disk, delivered to the ad platform.

    handler.py     a request with events in, an answer out
    batch.py       its bytes as events, or all that is wrong with them
    outbox.py      what is promised by the place where they wait
    delivery.py    claim, add the key, post, settle

An event that was accepted is delivered, or kept with the reason why.
"""
