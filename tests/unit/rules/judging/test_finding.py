from proxy.rules.judging.finding import Found


def test_a_finding_is_an_error_unless_it_says_otherwise() -> None:
    assert Found("layout.place", "no").severity == "error"
    assert Found("layout.place", "no", "yes", "warning").severity == "warning"
