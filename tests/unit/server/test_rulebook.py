import os

import pytest

from proxy.errors import RuleTrouble, SettingsTrouble
from proxy.server import rulebook
from proxy.server.rulebook import LastGood, Rulebook, Watch, first_book
from tests.integration.processes import RULE

GOOD = {"search.yaml": RULE.format(page="search").encode()}
OTHER = {"search.yaml": RULE.format(page="other").encode()}
BAD = {"search.yaml": b"page: search\nslotz: 1\n"}


def fill(folder, texts):
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_bytes(text)
    return folder


def test_a_good_edit_is_taken():
    book = Rulebook()
    assert book.offer(GOOD)
    assert (book.generation, book.texts, book.pages, book.problems) == (1, GOOD, ("search",), ())


@pytest.mark.parametrize(
    ("match", "wants"),
    [
        ("{path: /topsort/v2/events}", True),
        ('{path: "/topsort/{rest...}", methods: [POST]}', True),
        ('{path: "/{rest...}"}', False),
        ("{path: /search, methods: [POST]}", False),
    ],
)
def test_a_rule_that_wants_a_path_of_ours_is_known(match, wants):
    book = Rulebook()
    rule = RULE.format(page="search").replace("{path: /search}", match)
    assert book.offer({"search.yaml": rule.encode()}), book.problems
    assert book.wanting("/topsort/v2/events") == (("search",) if wants else ())


def test_a_bad_edit_changes_nothing_but_the_problems():
    book = Rulebook()
    book.offer(GOOD)
    name = book.name
    assert not book.offer(BAD)
    assert (book.generation, book.texts, book.name, book.refused) == (1, GOOD, name, 1)
    assert "slotz" in "".join(book.problems)


def test_a_folder_that_cannot_be_read_changes_nothing_either(tmp_path):
    book = Rulebook()
    book.offer(GOOD)
    news = Watch(tmp_path / "nowhere").now()
    assert isinstance(news, RuleTrouble)
    assert not book.offer(news)
    assert (book.generation, book.refused) == (1, 1)
    assert "nowhere" in book.problems[0]


def test_a_mistake_of_ours_while_reading_keeps_the_old_book(monkeypatch):
    book = Rulebook()
    book.offer(GOOD)
    monkeypatch.setattr(book._live, "offer", lambda *_: 1 / 0)
    assert not book.offer(OTHER)
    assert "ZeroDivisionError" in book.problems[0]
    assert book.texts == GOOD


def test_an_edit_counts_once_and_only_when_two_readings_agree(tmp_path):
    rules = fill(tmp_path / "rules", GOOD)
    watch = Watch(rules)
    assert watch.now() == GOOD
    assert watch.news() is None
    fill(rules, OTHER)
    assert watch.news() is None
    assert watch.news() == OTHER
    assert watch.news() is None


def test_a_file_that_is_still_being_written_is_waited_for(tmp_path):
    rules = fill(tmp_path / "rules", GOOD)
    watch = Watch(rules)
    watch.now()
    for part in (b"page", b"page: oth", b"page: other"):
        fill(rules, {"search.yaml": part})
        assert watch.news() is None
    assert watch.news() == {"search.yaml": b"page: other"}


def test_times_are_not_believed(tmp_path):
    rules = fill(tmp_path / "rules", GOOD)
    watch = Watch(rules)
    watch.now()
    before = (rules / "search.yaml").stat()
    fill(rules, {"search.yaml": GOOD["search.yaml"][::-1]})
    os.utime(rules / "search.yaml", ns=(before.st_atime_ns, before.st_mtime_ns))
    watch.news()
    assert watch.news() is not None


def test_a_folder_that_goes_is_told_once_and_its_return_too(tmp_path):
    rules = fill(tmp_path / "rules", GOOD)
    watch = Watch(rules)
    watch.now()
    rules.rename(tmp_path / "away")
    assert [isinstance(watch.news(), RuleTrouble) for _ in range(3)] == [False, True, False]
    (tmp_path / "away").rename(rules)
    assert [watch.news() for _ in range(3)] == [None, GOOD, None]


def test_content_cannot_move_from_one_file_to_another_unseen():
    assert rulebook._digest({"a": b"xy", "b": b""}) != rulebook._digest({"a": b"x", "b": b"y"})


def test_the_last_good_folder_is_kept_as_files_and_the_one_before_goes(tmp_path):
    kept = LastGood(tmp_path / "data")
    kept.keep(GOOD)
    kept.keep(GOOD)
    assert kept.read() == GOOD
    kept.keep(OTHER)
    assert kept.read() == OTHER
    assert (kept.path / "search.yaml").read_bytes() == OTHER["search.yaml"]
    assert len(list((tmp_path / "data").iterdir())) == 2


def test_a_copy_that_was_torn_by_a_crash_is_made_anew(tmp_path):
    kept = LastGood(tmp_path / "data")
    kept.keep(GOOD)
    (kept.path / "search.yaml").write_bytes(b"page")
    kept.keep(GOOD)
    assert kept.read() == GOOD


def test_data_that_cannot_be_written_is_said_and_no_reason_to_stop(tmp_path, caplog):
    (tmp_path / "data").write_text("a file")
    LastGood(tmp_path / "data").keep(GOOD)
    assert "cannot be kept" in caplog.text


def test_a_start_with_broken_rules_takes_the_last_good_ones_and_says_so(tmp_path, caplog):
    rules, kept = fill(tmp_path / "rules", GOOD), LastGood(tmp_path / "data")
    first_book(Watch(rules), kept)
    fill(rules, BAD)
    book = first_book(Watch(rules), kept)
    assert book.texts == GOOD
    assert "slotz" in "".join(book.problems)
    assert "RUNNING ON THE LAST GOOD ONES" in caplog.text


@pytest.mark.parametrize("kept", [{}, BAD])
def test_a_start_with_no_good_rules_at_all_says_every_problem(tmp_path, kept):
    rules = fill(tmp_path / "rules", BAD | {"other.yaml": b"page: [\n"})
    if kept:
        fill(tmp_path / "data", {})
        fill(tmp_path / "data" / rulebook.LAST_GOOD, kept)
    with pytest.raises(SettingsTrouble, match="slotz") as trouble:
        first_book(Watch(rules), LastGood(tmp_path / "data"))
    assert "other.yaml" in str(trouble.value)
