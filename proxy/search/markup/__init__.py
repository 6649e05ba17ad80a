"""Bytes of an XML body, found and put together again without losing one. Pure.

The sister of `lossless/`, with the same promises: an item moves as the bytes
that it is, and only what a tag writes is new. Elements are found by lxml, which
never loads a DTD, resolves no entity and knows no network; where they stand in
the bytes is found by their tags.
"""
