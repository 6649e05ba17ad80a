import io
import json
from pathlib import Path

import pytest

from proxy.cli.check import check
from proxy.cli.main import main
from tests.builders import a_rule_text


def test_the_command_takes_a_folder_and_a_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text(a_rule_text())
    assert main(["check", str(tmp_path), "--format", "json"]) == 0
    assert capsys.readouterr().out == "[]\n"
    (tmp_path / "b.yaml").write_text("{")
    assert main(["check", str(tmp_path)]) == 1
    assert "1 error in" in capsys.readouterr().out


def test_the_mapping_of_segments_events_is_checked_with_the_rules(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yaml").write_text(a_rule_text())
    mapping = tmp_path / "segment.yaml"

    def said(text: str) -> tuple[int, str]:
        mapping.write_text(text)
        status = main(["check", str(tmp_path / "rules"), "--segment-mapping", str(mapping)])
        return status, capsys.readouterr().out

    assert said("track: {Seen: impression}") == (0, f"1 rule in {tmp_path}/rules and {mapping}: no problem\n")
    status, out = said("track: {Product Clicked: click, Product Added: click}")
    assert (status, "are both clicks" in out, "1 warning" in out) == (0, True, True)
    status, out = said("track: {Seen: seen}\npage: x")
    assert (status, f"{mapping}:1" in out, f"{mapping}:2" in out) == (1, True, True)
    assert main(["check", str(tmp_path / "rules"), "--segment-mapping", str(tmp_path / "none")]) == 1
    assert "there is no such file" in capsys.readouterr().out


def checked(folder: Path, format: str = "text") -> tuple[int, str]:
    out = io.StringIO()
    return check(str(folder), format, out), out.getvalue()


def test_good_rules_exit_0_and_say_so(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(a_rule_text())
    assert checked(tmp_path) == (0, f"1 rule in {tmp_path}: no problem\n")
    assert checked(tmp_path, "json") == (0, "[]\n")


def test_an_error_exits_1_and_is_shown_under_the_path_that_a_terminal_opens(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(a_rule_text(mode="lve"))
    status, out = checked(tmp_path)
    assert status == 1
    assert out.splitlines() == [
        f"{tmp_path}/a.yaml:5  mode: `lve` is not live, shadow or off",
        "   5 | mode: lve",
        "             ^^^   did you mean `live`?",
        f"1 error in {tmp_path}",
    ]


def test_a_warning_alone_passes(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(a_rule_text(tag="{fields: {rank: rank}}"))
    status, out = checked(tmp_path)
    assert status == 0
    assert out.endswith(f"1 rule in {tmp_path}: 1 warning\n")


def test_tools_get_a_list_of_seven_fields(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(a_rule_text(auction="{slotz: 2}", tag="{fields: {rank: rank}}"))
    status, out = checked(tmp_path, "json")
    assert status == 1
    assert json.loads(out) == [
        {
            "severity": "error",
            "file": f"{tmp_path}/a.yaml",
            "line": 4,
            "column": 11,
            "key": "auction.slotz",
            "message": "there is no such key",
            "hint": "did you mean `slots`?",
        },
        {
            "severity": "warning",
            "file": f"{tmp_path}/a.yaml",
            "line": 5,
            "column": 15,
            "key": "tag.fields",
            "message": "`resolved_bid_id` is written nowhere: clicks on these ads cannot be reported",
            "hint": "for example `resolvedBidId: resolved_bid_id`",
        },
    ]


def test_a_folder_that_is_missing_or_empty_exits_1(tmp_path: Path) -> None:
    status, out = checked(tmp_path / "nowhere")
    assert status == 1
    assert "there is no such file or folder" in out
    status, out = checked(tmp_path, "json")
    assert status == 1
    assert json.loads(out)[0]["message"] == "there is no rule file here"


def test_a_file_that_cannot_be_read_does_not_hide_the_problems_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(a_rule_text(mode="lve"))
    (tmp_path / "b.yaml").mkdir()
    status, out = checked(tmp_path, "json")
    assert status == 1
    assert [Path(problem["file"]).name for problem in json.loads(out)] == ["a.yaml", "b.yaml"]


def test_one_file_can_be_checked_alone(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(a_rule_text(mode="lve"))
    assert checked(tmp_path / "a.yaml")[1].startswith(f"{tmp_path}/a.yaml:5  mode")


def test_a_folder_that_is_not_there_is_named_as_check_takes_it(tmp_path: Path) -> None:
    assert "name the folder, or one file: `sponsored-proxy check DIR`" in checked(tmp_path / "nowhere")[1]


def test_rules_in_a_folder_of_the_folder_are_told_to_be_passed_over(tmp_path: Path) -> None:
    for name in ("a.yaml", "more/b.yaml", "..data/c.yaml", "pictures/lamp.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(a_rule_text())
    status, out = checked(tmp_path)
    assert status == 0
    assert f"{tmp_path}/more  warning: rules in a folder of the folder are not read" in out
    assert out.endswith("1 warning\n")
