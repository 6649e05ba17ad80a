import pytest

from tests.builders import a_rule_text, the_problems


@pytest.mark.parametrize(
    ("sections", "key"),
    [
        ({"cache": "{ttl: 30s}"}, "cache"),
    ],
)
def test_what_comes_with_a_later_version_is_refused_by_one_problem(sections: dict[str, str], key: str) -> None:
    problems = the_problems(a_rule_text(**sections))
    assert [(problem.key, problem.severity) for problem in problems] == [(key, "error")], [*map(str, problems)]
    assert "in this version" in problems[0].message


@pytest.mark.parametrize(
    ("sections", "key"),
    [
        ({"banners": "[{slots: 1, at: $.b}]"}, "banners[0].slot_id"),
        ({"cache": "{ttl: 30}"}, "cache.ttl"),
    ],
)
def test_its_shape_is_checked_already(sections: dict[str, str], key: str) -> None:
    assert [problem.key for problem in the_problems(a_rule_text(**sections))] == [key]


def test_saying_no_to_it_is_no_problem() -> None:
    assert the_problems(a_rule_text(auction="{slots: 2, speculate: false}", layout="{missing: drop}")) == ()
