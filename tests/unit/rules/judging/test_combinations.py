from tests.builders import a_rule_text, the_problems


def test_a_matter_that_rests_on_an_unreadable_key_is_left_alone() -> None:
    problems = the_problems(a_rule_text(layout="{place: positionz, positions: [1, 3]}"))
    assert [problem.key for problem in problems] == ["layout.place"]


def test_a_misspelt_key_is_not_also_missed_by_another() -> None:
    problems = the_problems(a_rule_text(layout="{place: positions, positionz: [1, 3]}"))
    assert [problem.key for problem in problems] == ["layout.positionz"]


def test_all_that_makes_no_sense_is_told_at_once() -> None:
    problems = the_problems(
        a_rule_text(rollout="10", auction="{slots: 2, hash_user: true}", layout="{page_size: grow}", tag="{fields: {}}")
    )
    assert [problem.key for problem in problems] == ["auction.hash_user", "rollout", "layout.page_size", "tag.fields"]
