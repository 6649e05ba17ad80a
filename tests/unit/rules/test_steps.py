from proxy.rules.steps import Every, Index, Name, SelectorError, Where


def test_steps_are_values() -> None:
    assert Name("a") == Name("a")
    assert len({Name("a"), Name("a"), Index(0), Every(), Every(), Where(("k",), 1)}) == 4


def test_a_refusal_says_what_where_and_what_to_write() -> None:
    refused = SelectorError("no", 3, "yes", 2)
    assert (str(refused), refused.column, refused.hint, refused.length) == ("no", 3, "yes", 2)
