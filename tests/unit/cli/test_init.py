"""`init`: the rule on standard output, everything else on standard error."""

import json
from pathlib import Path

import pytest

from proxy.cli.main import main
from proxy.rules.files import read_book

SAMPLE = {
    "products": [{"id": f"p{n}", "name": f"Lamp {n}", "price": n + 0.5} for n in range(4)],
    "facets": [{"name": "brand", "values": [{"value": "Acme", "count": 3}, {"value": "Bell", "count": 1}]}],
}
REQUEST = "GET https://search.example/api/search?q=lamp"


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    file = tmp_path / "saved.json"
    file.write_text(json.dumps(SAMPLE))
    return file


def said(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    status = main(["init", *map(str, arguments)])
    out, err = capsys.readouterr()
    return status, out, err


def test_the_rule_alone_goes_to_standard_output(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = said(capsys, sample, "--request", REQUEST)
    assert status == 0
    reading = read_book({"rules/search.yaml": out.encode()})
    assert reading.book
    assert reading.problems == ()
    assert "Found 4 products in $.products, their ids in $.id (p0, p1, p2, …)." in err
    assert "Nothing else comes near." in err


def test_what_came_near_is_told_with_points_and_reasons(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, _, err = said(capsys, sample, "--request", REQUEST)
    (line,) = (line for line in err.splitlines() if "$.facets[*].values" in line and "values with counts" in line)
    assert float(line.split()[0]) < 0


def test_the_file_is_written_where_it_was_asked_for(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rule = sample.parent / "rules" / "search.yaml"
    status, out, err = said(capsys, sample, "--request", REQUEST, "--out", rule)
    assert (status, out) == (0, "")
    assert "list: $.products" in rule.read_text()
    assert f"sponsored-proxy check {rule}" in err
    assert main(["check", str(rule)]) == 0


def test_a_file_that_is_there_is_never_written_over(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (sample.parent / "mine.yaml").write_text("mine")
    status, out, err = said(capsys, sample, "--out", sample.parent / "mine.yaml")
    assert (status, out) == (1, "")
    assert "this file exists" in err
    assert (sample.parent / "mine.yaml").read_text() == "mine"


def test_a_folder_that_cannot_be_written_to_is_told(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = said(capsys, sample, "--out", sample / "rules" / "search.yaml")
    assert status == 1
    assert "Not a directory" in err


def test_without_its_request_the_path_is_not_sure(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = said(capsys, sample)
    assert status == 0
    assert "NOT KNOWN" in out
    assert "not sure: the path" in err
    assert "explain" not in err


def test_a_doubt_is_exit_0_and_a_line_that_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "s.json").write_text(json.dumps({"left": SAMPLE["products"], "right": SAMPLE["products"]}))
    status, out, err = said(capsys, tmp_path / "s.json", "--request", REQUEST)
    assert status == 0
    assert "not sure: $.right looks much like a list of products, too." in err
    assert "# NOT SURE: $.right" in out


def test_no_listing_is_exit_1_with_what_was_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "s.json").write_text(json.dumps({"facets": SAMPLE["facets"]}))
    status, out, err = said(capsys, tmp_path / "s.json")
    assert (status, out) == (1, "")
    assert "no list in this response looks like products" in err
    assert "$.facets[*].values" in err
    assert "docs/rules.md" in err


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("<!doctype html><html>", "developer tools"),
        ("", "empty"),
        ("{}", "no list of objects"),
        ("[1, 2]", "no list of objects"),
    ],
)
def test_what_is_no_sample_is_explained(
    body: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "s.json").write_text(body)
    status, out, err = said(capsys, tmp_path / "s.json")
    assert (status, out) == (1, "")
    assert says in err


def test_a_file_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = said(capsys, tmp_path / "absent.json")
    assert status == 1
    assert "absent.json: No such file" in err
