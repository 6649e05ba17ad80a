from proxy.cli.explaining.story import Shown, Story, added, listings, removed
from tests.unit.cli.explaining.stories import a_visit


def test_each_place_knows_where_its_item_was() -> None:
    visit = a_visit(organic=(("a", "b"),), merged=((("n", 1), ("b", 2), ("a", 0)),))
    assert listings(visit) == [(("a", "b"), [Shown("n", 1, None), Shown("b", 2, 2), Shown("a", 0, 1)])]


def test_variants_with_one_id_keep_their_own_places() -> None:
    visit = a_visit(organic=(("a", "a"),), merged=((("a", 0), ("a", 0)),))
    assert [each.was for each in listings(visit)[0][1]] == [1, 2]


def test_without_a_merged_list_the_organic_one_is_shown() -> None:
    assert listings(a_visit(organic=(("a",),))) == [(("a",), [Shown("a", 0, 1)])]
    assert listings(None) == []


def test_headers_are_compared_by_name_and_value() -> None:
    story = Story("GET", "/", [], came=[("ETag", "1"), ("Vary", "a"), ("X", "1")], went=[("vary", "a"), ("X", "2")])
    assert removed(story) == [("ETag", "1"), ("X", "1")]
    assert added(story) == [("X", "2")]
