import json

import pytest

from proxy.cli.explaining.titles import title_of, titles
from proxy.search.plan import Plan
from tests.builders import a_rule


@pytest.mark.parametrize(
    ("item", "title"),
    [
        ({"id": 1, "name": "Lamp"}, "Lamp"),
        ({"id": 1, "title": "Lamp", "brand": {"name": "Acme"}}, "Lamp"),
        ({"_id": 1, "_source": {"title": " Lamp "}}, "Lamp"),
        ({"name": {"en": "Lamp", "de": "Lampe"}}, "Lamp"),
        ({"title": ["Lamp"]}, "Lamp"),
        ({"name": 7, "title": ""}, ""),
        ({"id": 1}, ""),
        ([1], ""),
    ],
)
def test_an_item_is_called_what_it_obviously_says(item: object, title: str) -> None:
    assert title_of(json.dumps(item).encode()) == title


def test_an_items_name_may_be_an_element() -> None:
    assert title_of(b" <doc><id>1</id><g:title lang='en'>Lamp </g:title></doc>") == "Lamp"
    assert title_of(b"<doc><id>1</id></doc>") == ""


@pytest.mark.parametrize("item", [b"", b"{", b"\xff", b"[" * 100_000])
def test_an_item_that_cannot_be_read_has_no_name(item: bytes) -> None:
    assert title_of(item) == ""


def test_a_listing_gives_names_by_id_and_the_first_of_two_variants_counts() -> None:
    body = b'{"products": [{"id": "a", "name": "A"}, {"id": "b"}, {"id": "a", "name": "A, red"}]}'
    assert titles(Plan(a_rule()).read(body).listings) == {"a": "A"}
