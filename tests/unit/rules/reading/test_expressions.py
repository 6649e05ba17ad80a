import re
import time

import pytest

from proxy.rules.reading.expressions import why_slow


@pytest.mark.parametrize(
    "pattern",
    ["gid://shopify/Product/(.+)", r"^sku-(\d+)$", r"(?:SKU|ID)-(.*)", r"([a-z]+)-\d+-\d+", r"(\w{1,8})", r"([^/]+)$"],
)
def test_patterns_that_cut_an_id_out_are_taken(pattern: str) -> None:
    assert why_slow(pattern) == ""


@pytest.mark.parametrize(
    "pattern",
    [r"(a+)+$", r"((a*)*)$", r"(?:a|aa)+(b)", r"(x+x+)+y", r"(?:.*)*(b)", r"(.*).*.*.*=", r"(a)\1", r"(?:(\d+)-?)*$"],
)
def test_patterns_that_can_take_forever_are_refused(pattern: str) -> None:
    assert why_slow(pattern)


def test_what_is_taken_ends_soon_even_on_a_hostile_id() -> None:
    start = time.process_time()
    for pattern in (r"(.+)-.+-.+=", r"^(\w+)\s\w+$"):
        assert why_slow(pattern) == ""
        assert re.search(pattern, "a" * 300) is None
    assert time.process_time() - start < 10  # against forever, not a measurement
