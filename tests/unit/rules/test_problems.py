from proxy.rules.problems import Problem, in_order, looks_secret, masked


def test_the_faulty_text_is_underlined_with_the_hint_beside_it() -> None:
    problem = Problem("error", "rules/a.yaml", 12, 3, "auction.slotz", "no", "did you mean `slots`?", "  slotz: 3", 5)
    assert str(problem).splitlines() == [
        "rules/a.yaml:12  auction.slotz: no",
        "   12 |   slotz: 3",
        "          ^^^^^   did you mean `slots`?",
    ]


def test_a_problem_of_a_whole_file_has_no_excerpt() -> None:
    assert str(Problem("error", "a.yaml", 0, 0, "", "the file is empty", "write a rule")) == (
        "a.yaml  the file is empty\n   write a rule"
    )


def test_a_warning_says_that_it_is_one() -> None:
    assert str(Problem("warning", "a.yaml", 1, 1, "match.path", "odd", "", "match: x", 0)).splitlines() == [
        "a.yaml:1  warning: match.path: odd",
        "   1 | match: x",
        "       ^^^^^^^^",
    ]


def test_a_long_line_is_cut_around_the_fault() -> None:
    line = "a: " + "x" * 500 + " HERE " + "y" * 500
    excerpt = str(Problem("error", "a", 1, line.index("HERE") + 1, "", "m", "", line, 4)).splitlines()
    assert len(excerpt[1]) < 200
    start = excerpt[2].index("^")
    assert excerpt[1][start : start + 4] == "HERE"


def test_a_tab_in_the_line_does_not_shift_the_underline() -> None:
    excerpt = str(Problem("error", "a", 1, 2, "", "m", "", "\tab", 2)).splitlines()
    assert excerpt[2].index("^") == excerpt[1].index("ab")


def test_a_key_of_the_ad_platform_is_masked_in_every_part() -> None:
    key = "TSE_0123456789abcdef"
    problem = Problem("error", "a", 1, 1, f"x.{key}", f"`{key}` no", key, f"ads: {key}", 3)
    assert looks_secret(key)
    assert "0123" not in str(problem) + repr(problem) + str(problem.as_json())
    assert len(masked(key)) == len(key)


def test_tools_get_seven_fields() -> None:
    problem = Problem("error", "a.yaml", 3, 4, "k", "m", "h", "line", 2)
    assert problem.as_json() == {
        "severity": "error",
        "file": "a.yaml",
        "line": 3,
        "column": 4,
        "key": "k",
        "message": "m",
        "hint": "h",
    }


def test_problems_stand_from_top_to_bottom_each_once() -> None:
    one, two = Problem("error", "a", 2, 1, "", "m"), Problem("error", "a", 1, 5, "", "m")
    other = Problem("error", "b", 1, 1, "", "m")
    assert in_order([other, one, two, one]) == (two, one, other)


def test_a_terminal_obeys_nothing_that_stands_in_a_rule_file() -> None:
    problem = Problem("error", "a.yaml", 1, 3, "k\x1b", "a\x07\x9b", "\x1b]0;x\r", "a\x1b[2Jb\u202ec\td", 1)
    assert str(problem).splitlines() == ["a.yaml:1  k�: a��", "   1 | a�[2Jb�c d", "         ^   �]0;x�"]
