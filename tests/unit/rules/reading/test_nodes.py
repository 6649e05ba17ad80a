import pytest

from proxy.rules.reading.nodes import Items, Keys, Node, Scalar, shown, what_is


@pytest.mark.parametrize(
    ("node", "called"),
    [
        (Scalar("x", True, 1, 0, 1), "`x`"),
        (Scalar("", True, 1, 0, 0), "nothing"),
        (Scalar("null", True, 1, 0, 4), "nothing"),
        (Scalar("null", False, 1, 0, 6), "`null`"),
        (Scalar("", False, 1, 0, 2), "``"),
        (Items((), 1, 0), "a list"),
        (Keys((), 1, 0), "a section"),
    ],
)
def test_a_node_is_called_as_a_person_would(node: Node, called: str) -> None:
    assert what_is(node) == called


def test_long_text_is_shown_on_one_line_and_cut() -> None:
    assert shown("a\n  b") == "a b"
    assert len(shown("x" * 500)) == 60
    assert shown("x" * 500).endswith("…")
