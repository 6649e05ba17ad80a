from hypothesis import given
from hypothesis import strategies as st

from proxy.cli.explaining.columns import PLACES, side_by_side
from proxy.cli.explaining.screen import Look, drawn, width
from proxy.cli.explaining.story import Shown, listings
from tests.unit.cli.explaining.stories import a_visit

TITLES = {"a": "Lamp", "b": "日本の提灯", "c": "A lamp with a very long name indeed"}


def table(organic, order, look=Look(), titles=TITLES) -> list[str]:  # noqa: B008 (frozen)
    ((before, shown),) = listings(a_visit(organic=(tuple(organic),), merged=(tuple(order),)))
    return drawn(side_by_side(before, shown, titles, look), look).splitlines()


def test_both_lists_stand_side_by_side_with_names_ranks_and_moves() -> None:
    assert table("abc", [("c", 1), ("n", 2), ("a", 0), ("b", 0)]) == [
        "     organic                        shown",
        "  1  a  Lamp                      * c  A lamp with a very long…  ad 1 ↑2",
        "  2  b  日本の提灯                * n                            ad 2 fetched",
        "  3  c  A lamp with a very long…    a  Lamp                      ↓2",
        "  4                                 b  日本の提灯                ↓2",
    ]


def test_without_more_than_ascii_the_columns_stand_all_the_same() -> None:
    assert table("ab", [("b", 1), ("a", 0)], Look(unicode=False)) == [
        "     organic                        shown",
        "  1  a  Lamp                      * b  ?????                     ad 1 up 1",
        "  2  b  ?????                       a  Lamp                      down 1",
    ]


def test_a_wide_terminal_gives_names_more_room() -> None:
    row = table("c", [("c", 1)], Look(160))[1]
    assert row.count("A lamp with a very long name indeed") == 2


def test_a_long_list_ends_where_nothing_more_is_told() -> None:
    ids = [str(n) for n in range(PLACES + 60)]
    rows = table(ids, [(id, 0) for id in ids])
    assert len(rows) == PLACES + 2
    assert rows[-1] == "     and 60 places more"


names = st.text(max_size=30) | st.text(alphabet="日💡e\u0301\x1b\n\u200d", max_size=30)


@given(st.lists(names, min_size=1, max_size=6, unique=True), st.dictionaries(names, names), st.integers(40, 140))
def test_no_id_and_no_name_breaks_the_columns(ids: list[str], titles: dict[str, str], wide: int) -> None:
    look = Look(wide)
    shown = [Shown(id, 1, None) for id in ids]
    rows = list(side_by_side(ids, shown, titles, look))[1:]
    assert len({width(row[0].text) for row in rows}) == 1
    assert len({width(row[1].text) for row in rows}) == 1
    assert len(drawn(rows, look).splitlines()) == len(ids)
