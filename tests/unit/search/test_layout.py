import pytest

from proxy.search.layout import Seating
from tests.builders import a_rule


def seating(slots=40, **keys):
    return Seating(a_rule(slots=slots, **keys).layout, slots)


def shown(organic, items, **keys):
    """The merged list: organic items as letters, ads as the digits of their rank."""
    ads = [str(n + 1) for n in range(len(items))]
    made = seating(**keys)
    merged = made.arranged(list(organic), ads, items)
    assert [merged[place] for place in made.seats(items, len(organic))] == ads
    parts = made.runs(items, len(organic))
    assert [ads[part] if isinstance(part, int) else organic[part.start : part.stop] for part in parts] == parted(merged)
    return "".join(merged)


def parted(merged):
    """Ads alone, and letters together as far as one follows the other."""
    parts = []
    for each in merged:
        if parts and each.isalpha() and ord(each) == ord(parts[-1][-1]) + 1:
            parts[-1] += each
        else:
            parts.append(each)
    return parts


@pytest.mark.parametrize(
    ("keys", "items", "merged"),
    [
        ({"place": "top"}, [2], "1abde"),
        ({"place": "top"}, [4, 0], "12bcd"),
        ({"place": "top"}, [], "abcde"),
        ({"place": "positions", "positions": [1, 4]}, [4, 0], "1bc2d"),
        ({"place": "positions", "positions": [2, 4]}, [4], "a1bcd"),
        ({"place": "positions", "positions": [9, 12]}, [0, 1], "cde12"),
        ({"place": "positions", "positions": [5, 9]}, [0, 1], "cde12"),
        ({"place": "every", "first": 2, "step": 2}, [0, 4], "b1c2d"),
        ({"place": "every", "first": 1, "step": 3}, [0, 4, 2], "1bd23"),
        ({"place": "in_place"}, [3, 1], "a2c1e"),
        ({"place": "top", "keep_organic": True}, [2], "1abcd"),
        ({"place": "top", "keep_organic": True, "page_size": "grow"}, [2], "1abcde"),
        ({"place": "positions", "positions": [9], "keep_organic": True}, [2], "abcd1"),
        ({"place": "positions", "positions": [9], "keep_organic": True, "page_size": "grow"}, [2], "abcde1"),
        ({"place": "top"}, [None, 2], "12abde"),
        ({"place": "top", "keep_organic": True}, [None], "1abcd"),
    ],
)
def test_the_ads_stand_where_the_rule_says(keys, items, merged):
    assert shown("abcde", items, **keys) == merged


@pytest.mark.parametrize("place", [{"place": "top"}, {"place": "every", "first": 3, "step": 9}, {"place": "in_place"}])
def test_a_list_of_one_holds_its_ad(place):
    assert shown("a", [0], **place) == "1"
    assert shown("", [], **place) == ""


def test_there_is_room_for_the_slots_the_positions_and_the_page():
    assert seating(3, place="top").room(10) == 3
    assert seating(2, place="positions", positions=[1, 2]).room(10) == 2
    assert seating(3, place="top", keep_organic=True).room(2) == 2
    assert seating(3, place="top", keep_organic=True, page_size="grow").room(2) == 3
