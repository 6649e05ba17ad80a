"""Organic answers kept in memory, by the rules for a shared cache (RFC 9111).

`pages.py` is the edge: it alone asks the marketplace. What may be kept, for
whom, for how long and under which name is decided in the pure files beside it.
A merged page never comes here: what is kept is what the marketplace sent.
"""
