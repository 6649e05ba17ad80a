import json
import re
from fnmatch import fnmatch
from pathlib import Path

import jsonschema
import pytest

from proxy.cli.main import main
from proxy.rules.schema import json_schema
from tests.docs.markdown import ROOT


def test_the_schema_is_printed_for_an_editor(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema == json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)


def test_it_may_be_written_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "rule.schema.json"
    assert main(["schema", "--out", str(file)]) == 0
    assert json.loads(file.read_text()) == json_schema()
    assert main(["schema", "--out", str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert f"--out {tmp_path}: Is a directory" in err


PAGE = (ROOT / "README.md").read_text()


def test_the_line_that_the_readme_shows_makes_an_editor_find_the_schema(tmp_path: Path) -> None:
    """A yaml-language-server takes the path from the file's own folder."""
    (line,) = re.findall(r"^# yaml-language-server: \$schema=(\S+)$", PAGE, re.MULTILINE)
    (out,) = re.findall(r"schema --out (\S+)", PAGE)
    (tmp_path / "my-rules").mkdir()
    assert main(["schema", "--out", str(tmp_path / out)]) == 0
    found = json.loads((tmp_path / "my-rules" / line).read_text())
    jsonschema.Draft202012Validator(found).validate({"page": "search", "preset": "algolia"})


def test_the_setting_for_all_files_names_the_same_schema() -> None:
    (setting,) = re.findall(r"`(\"yaml.schemas\": .*?)`", PAGE)
    (out,) = re.findall(r"schema --out (\S+)", PAGE)
    ((schema, files),) = json.loads("{" + setting + "}")["yaml.schemas"].items()
    assert schema == out
    assert fnmatch("my-rules/search.yaml", files)
