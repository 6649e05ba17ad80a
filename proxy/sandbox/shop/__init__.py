"""Larkmoor, a shop someone would believe: the marketplace of the demo.

A catalogue made from word lists, pictures drawn by code, a search API on
SQLite's FTS5, and a storefront that knows nothing of ads but how to label what
carries a `resolvedBidId`. It knows nothing of the proxy or the ad platform.
"""
