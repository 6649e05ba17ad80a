import os
from pathlib import Path

import pytest

from proxy.errors import RuleTrouble
from proxy.rules.files import as_named, read_book, read_folder
from proxy.rules.reading.yamltext import LARGEST
from tests.builders import a_rule_text

GOOD = a_rule_text().encode()


def test_a_folder_gives_its_rule_files_by_name(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_bytes(GOOD)
    (tmp_path / "a.yml").write_bytes(b"x")
    for other in (".hidden.yaml", "notes.md", "c.yaml.bak", "yaml"):
        (tmp_path / other).write_bytes(b"no")
    assert read_folder(tmp_path) == {"a.yml": b"x", "b.yaml": GOOD}


def test_one_file_can_be_named_instead_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_bytes(GOOD)
    assert read_folder(tmp_path / "b.yaml") == {"b.yaml": GOOD}


def test_the_links_of_a_kubernetes_volume_are_followed_and_its_folders_are_not_read_twice(tmp_path: Path) -> None:
    (tmp_path / "..2026_01").mkdir()
    (tmp_path / "..2026_01" / "search.yaml").write_bytes(GOOD)
    (tmp_path / "..data").symlink_to("..2026_01")
    (tmp_path / "search.yaml").symlink_to("..data/search.yaml")
    assert read_folder(tmp_path) == {"search.yaml": GOOD}


def test_whatever_cannot_be_read_is_told_all_at_once(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "gone.yaml").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    with pytest.raises(RuleTrouble) as caught:
        read_folder(tmp_path)
    told = {Path(problem.file).name: problem.message for problem in caught.value.problems}
    assert told == {
        "folder.yaml": "this is a folder, not a file",
        "gone.yaml": "there is no such file or folder",
        "pipe.yaml": "this cannot be read: not a file",
        "loop.yaml": "this cannot be read: Too many levels of symbolic links",
    }


def test_a_file_that_we_may_not_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.yaml").write_bytes(GOOD)
    (tmp_path / "a.yaml").chmod(0)
    if os.geteuid() == 0:  # root may read everything

        def refused(*_: object) -> int:
            raise PermissionError

        monkeypatch.setattr(os, "open", refused)
    with pytest.raises(RuleTrouble, match="we may not read this"):
        read_folder(tmp_path)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RuleTrouble) as caught:
        read_folder(tmp_path / "rules")
    assert "there is no such file or folder" in str(caught.value)
    assert "--rules" in str(caught.value)


def test_of_a_huge_file_no_more_is_read_than_it_takes_to_refuse_it(tmp_path: Path) -> None:
    (tmp_path / "huge.yaml").write_bytes(b"a" * (10 * 2**20))
    texts = read_folder(tmp_path)
    assert len(texts["huge.yaml"]) == LARGEST + 1
    (problem,) = read_book(texts).problems
    assert "1,048,576 at most" in problem.message


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "the file is empty"),
        (b"# nothing yet\n", "the file is empty"),
        (b"[]", "the list of rules is empty"),
        (b"a: \xff\n", "not UTF-8"),
        (b"a: 1\n---\nb: 1\n", "a second document"),
        (b"\ta: 1\n", "a tab"),
        (b"{a: 1\n", "never closed"),
    ],
)
def test_a_file_that_cannot_be_a_rule_is_one_problem(raw: bytes, message: str) -> None:
    reading = read_book({"rules/a.yaml": raw})
    assert reading.book is None
    (problem,) = reading.problems
    assert problem.file == "rules/a.yaml"
    assert message in problem.message


def test_a_catalogue_among_the_rules_is_refused_before_long() -> None:
    item = "- {id: 1, name: hat, price: {amount: 10, currency: EUR}, slots: 2, colour: red, sizes: [s, m, l]}\n"
    problems = read_book({"catalogue.yaml": item.encode() * 1_000}).problems
    assert 500 < len(problems) < 600
    assert "more problems" in "".join(problem.message for problem in problems)


def test_a_rule_with_twenty_thousand_unknown_keys_is_refused_before_long() -> None:
    keys = "".join(f"  slot{n}: 1\n" for n in range(20_000))
    for text in (a_rule_text() + "skip:\n" + keys, keys.replace("  ", "")):
        problems = read_book({"a.yaml": text.encode()}).problems
        assert 500 < len(problems) < 520


def test_no_file_at_all_is_a_problem() -> None:
    (problem,) = read_book({}).problems
    assert problem.message == "there is no rule file"


def test_a_byte_order_mark_is_no_problem_and_shifts_no_column() -> None:
    assert read_book({"a": b"\xef\xbb\xbf" + GOOD}).book
    (problem,) = read_book({"a": b"\xef\xbb\xbf" + GOOD.replace(b"page", b"paeg")}).problems
    assert (problem.line, problem.column, problem.source_line) == (1, 1, "paeg: search")


def test_lines_may_end_in_any_way() -> None:
    assert read_book({"a": GOOD.replace(b"\n", b"\r\n")}).book
    (problem,) = read_book({"a": GOOD.replace(b"\n", b"\r\n").replace(b"slots", b"slotz")}).problems
    assert (problem.line, problem.source_line) == (4, "auction: {slotz: 2}")


def test_a_warning_leaves_the_book_in_force() -> None:
    reading = read_book({"a": a_rule_text(tag="{fields: {rank: rank}}").encode()})
    assert reading.book
    assert [problem.severity for problem in reading.problems] == ["warning"]


def test_the_same_texts_make_the_same_book() -> None:
    other = a_rule_text(page="other", match="{path: /o}").encode()
    one = read_book({"a": GOOD, "b": other}).book
    two = read_book({"b": other, "a": GOOD + b"# a comment\n"}).book
    assert one
    assert two
    assert one.name == two.name
    assert [rule.page for rule in one.rules] == ["search", "other"]


def test_a_section_with_ten_thousand_mistakes_in_one_line_is_refused_before_long() -> None:
    fields = ", ".join(f"f{n}: ranc" for n in range(10_000))
    banners = ", ".join(["{slot_id: a, at: $.b, category: path.x}"] * 5_000)
    for text in (a_rule_text(tag=f"{{fields: {{{fields}}}}}"), a_rule_text(banners=f"[{banners}]")):
        reading = read_book({"a.yaml": text.encode()})
        assert reading.book is None
        assert 100 < len(reading.problems) < 1000


@pytest.mark.parametrize(
    ("folder", "told"),
    [("rules", "rules/a.yaml"), ("rules/", "rules/a.yaml"), ("/", "/a.yaml"), ("rules/a.yaml", "rules/a.yaml")],
)
def test_a_file_is_named_as_a_terminal_can_open_it(folder: str, told: str) -> None:
    assert as_named(folder, "a.yaml") == told
