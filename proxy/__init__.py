"""Sponsored Proxy: sponsored products in any search API, without a change to the frontend."""

__version__ = "0.1.0"
