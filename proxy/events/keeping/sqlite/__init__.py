"""The outbox in a file of SQLite's, for the workers of one machine.

    schema.py      the tables
    place.py       the files in the data folder, and whose they are
    locks.py       whose turn it is to write; who delivers
    connection.py  a connection, and what its errors mean
    writer.py      the thread that commits for everybody who waits
    committing.py  many jobs in a transaction; a full disk, a damaged file
    reader.py      the thread that reads
    ballast.py     room that is kept for a full disk
    taking.py      events in; what was seen before
    claims.py      what this process has claimed
    delivering.py  what is due, and what became of it
    standstill.py  the time that does not count
    deciding.py    what a person sees and decides
    upkeep.py      what has had its time
    damage.py      a file that cannot be read, and what can be saved of it
    aside.py       a file that was set aside, to be looked into

`outbox_sqlite.py` is the door. Everything here but the two
threads is plain functions of a connection.
"""
