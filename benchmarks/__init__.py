"""The proxy beside its peers, in one run on one machine.

What lives here: the search responses, the stand-ins for marketplace and ad
platform, the load, the CPU meter, the table. What not: anything that the
product needs. `python -m benchmarks` is the door (`make bench`).

Figures of two runs, or of two machines, do not compare; the ratios of one run do.
"""
