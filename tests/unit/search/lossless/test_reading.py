"""The listings of a JSON body; what a plan reads is told in `test_plan.py`."""

import pytest

from proxy.search.listing import NotAListing
from proxy.search.lossless.reading import Reading
from tests.builders import a_rule


def test_a_reading_serves_many_bodies():
    reading = Reading(a_rule())
    for ids in (["1"], ["2", "3"], []):
        body = b'{"products":[' + b",".join(b'{"id":"%b"}' % each.encode() for each in ids) + b"]}"
        assert reading.read(body).listings[0].ids == ids
    with pytest.raises(NotAListing):
        reading.read(b"<products/>")
