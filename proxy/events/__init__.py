"""Events: taken from shoppers, kept on disk, delivered to the ad platform.

    taking/      a request with events in, an answer out
    keeping/     the outbox, where they wait: accepted means durable
    delivering/  claim, add the key, post, settle

    event.py     what an event is, in every room
    backoff.py   when it is tried again, with how many others, and for how long

An event that was accepted is delivered, or kept with the reason why. Taking and
delivering meet in the outbox alone: neither knows the other, nor what the outbox
is made of, and keeping knows neither of them.
"""
