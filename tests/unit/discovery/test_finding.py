import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from proxy.discovery import NotASample, discover

SHAPES = [
    shape
    for name in ("shapes", "more_shapes")
    for shape in yaml.safe_load((Path(__file__).parent / f"{name}.yaml").read_text())
]


def expanded(value: Any, n: str = "") -> Any:
    """A shape with its lists of four and their numbers."""
    if isinstance(value, dict):
        if set(value) == {"each"}:
            return [expanded(value["each"], str(at)) for at in range(1, 5)]
        return {key: expanded(inner, n) for key, inner in value.items()}
    if isinstance(value, list):
        return [expanded(inner, n) for inner in value]
    if not isinstance(value, str) or not n:
        return value
    return int(value[1:].replace("~", n)) if value.startswith("#") else value.replace("~", n)


def found(value):
    return discover(json.dumps(value).encode())


def lamps(n=4, **more):
    return [{"id": f"p{at}", "name": f"Lamp {at}", "price": at + 0.5, **more} for at in range(n)]


def test_list_and_id_are_found_and_sure():
    discovery = found(
        {"total": 4, "products": lamps(), "facets": [{"name": "brand", "values": [{"value": "A", "count": 3}]}]}
    )
    assert (discovery.list, discovery.id, discovery.sure, discovery.doubts) == ("$.products", "$.id", True, ())
    assert {each.list for each in discovery.runners_up} == {"$.facets", "$.facets[*].values"}


def test_an_id_in_a_wrap_is_named_from_the_item():
    discovery = found({"edges": [{"node": lamp, "cursor": "x"} for lamp in lamps()]})
    assert (discovery.list, discovery.id) == ("$.edges", "$.node.id")


def test_two_lists_that_are_alike_are_a_doubt():
    discovery = found({"left": lamps(), "right": lamps()})
    assert not discovery.sure
    assert "$.right looks much like" in discovery.doubts[0]


def test_two_ids_that_are_alike_are_a_doubt():
    discovery = found({"products": [{"productId": n, "itemId": f"i{n}", "name": "Lamp"} for n in range(3)]})
    assert not discovery.sure
    assert "could be the id, too" in discovery.doubts[0]


@pytest.mark.parametrize("value", [{}, [], 1, "x", None, {"products": []}, {"a": [1, 2]}, {"error": {"code": 3}}])
def test_no_listing_is_said(value):
    discovery = found(value)
    assert (discovery.list, discovery.id, discovery.sure) == (None, None, False)
    assert discovery.doubts


def test_what_was_seen_is_kept_where_nothing_was_found():
    discovery = found(
        {"facets": [{"name": "brand", "values": [{"value": "A", "count": 3}, {"value": "B", "count": 2}]}]}
    )
    assert discovery.list is None
    assert "$.facets[*].values" in [each.list for each in discovery.runners_up]


def test_what_is_no_json_is_told():
    with pytest.raises(NotASample):
        discover(b"<html>")


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape["name"])
def test_the_answers_of_well_known_shops_and_platforms_are_understood(shape):
    discovery = found(expanded(shape["response"]))
    assert (discovery.list, discovery.id) == (shape["list"], shape["id"])


def test_plain_products_under_another_name_are_taken_with_a_doubt_where_nothing_else_is_there():
    discovery = found({"sidebar": {"promotions": {"banners": lamps(2)}}})
    assert discovery.list == "$.sidebar.promotions.banners"
    assert "is called or placed like something else" in discovery.doubts[0]


def test_a_language_that_no_table_speaks_is_taken_with_a_doubt():
    items = [{"makat": f"729000{n}", "shem": f"Lamp {n}", "tmuna": f"https://a.example/{n}.jpg"} for n in range(4)]
    discovery = found({"result": {"list": items}})
    assert (discovery.list, discovery.id, discovery.sure) == ("$.result.list", "$.makat", False)
    assert "has little that tells of the products" in discovery.doubts[0]
