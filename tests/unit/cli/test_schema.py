import json

import jsonschema
import pytest

from proxy.cli.main import main
from proxy.rules.schema import json_schema


def test_the_schema_is_printed_for_an_editor(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema == json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
