"""What Cache-Control says, however it is written."""

import pytest

from proxy.search.caching.directives import MOST_SECONDS, directives


def a_line(*values: str) -> list[tuple[bytes, bytes]]:
    return [(b"Cache-Control", value.encode()) for value in values]


@pytest.mark.parametrize(
    ("values", "seconds"),
    [
        (["max-age=60"], 60),
        (["MAX-AGE=60"], 60),
        (['max-age="60"'], 60),
        (["public , max-age=60,"], 60),
        (["public", "max-age=60"], 60),
        (["max-age=60, max-age=30"], 30),
        (["max-age=60", "max-age=x"], 0),
        (["max-age"], 0),
        (["max-age=-1"], 0),
        (["max-age=1.5"], 0),
        (["max-age= 60"], 0),
        (["max-age=4294967296"], MOST_SECONDS),
        (["max-age=" + "9" * 5000], MOST_SECONDS),
        (['x="max-age=60"'], None),
        (["s-maxage=60"], None),
        ([], None),
    ],
)
def test_seconds_are_read_or_count_as_none(values: list[str], seconds: int | None) -> None:
    assert directives(a_line(*values)).seconds(b"max-age") == seconds


def test_a_directive_is_there_with_or_without_a_value() -> None:
    said = directives(a_line('private="x-a, x-b", No-Store', "x=1"))
    assert all(name in said for name in (b"private", b"no-store", b"x"))
    assert b"x-b" not in said
