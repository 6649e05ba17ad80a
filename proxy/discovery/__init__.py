"""Finds the products in a sample response, and writes the rule for it. Its doors are `finding.py` and `writing.py`."""

from proxy.discovery.finding import Discovery, RunnerUp, discover
from proxy.discovery.request import Request
from proxy.discovery.sample import NotASample
from proxy.discovery.writing import Written, write_rule

__all__ = ["Discovery", "NotASample", "Request", "RunnerUp", "Written", "discover", "write_rule"]
