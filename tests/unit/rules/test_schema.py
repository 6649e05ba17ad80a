import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from proxy.rules.reading.keys import keys_of
from proxy.rules.rule import Rule
from proxy.rules.schema import json_schema
from tests.builders import a_rule_text

PAGE = (Path(__file__).parents[3] / "docs" / "rules.md").read_text()
SCHEMA = jsonschema.Draft202012Validator(json_schema())


def takes(text: str) -> bool:
    return bool(SCHEMA.is_valid(yaml.safe_load(text)))


def test_it_is_a_schema_and_knows_every_key() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    properties: dict[str, Any] = json_schema()["$defs"]["Rule"]["properties"]
    assert properties.keys() == keys_of(Rule).keys()
    assert all(each["description"] for each in properties.values())


def test_what_the_reader_takes_it_takes() -> None:
    assert takes(a_rule_text())
    examples = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert examples
    assert all(map(takes, examples))
    assert takes("- page: a\n  preset: solr\n  match: {host: shop.example}\n  skip: {after_page: {first: 1}}\n")
    assert takes(a_rule_text(auction="{slots: 2, user: [cookie.a], device: auto, timeout: 1.5s}", rollout="50"))
    assert takes(a_rule_text(tag="{fields: {a: rank, b: true, c: null, d: 1.5}, append: {at: $.x, value: [rank]}}"))


@pytest.mark.parametrize(
    "sections",
    [
        {"page": "A B"},
        {"mode": "lve"},
        {"auction": "{slots: 41}"},
        {"auction": "{slotz: 4}"},
        {"auction": "{slots: 2, timeout: 150}"},
        {"auction": "{slots: 2, honour_gpc: yes please}"},
        {"match": "{path: /a, methods: [PSOT]}"},
        {"layout": "{place: positions, positions: []}"},
        {"skip": "{after_page: {from: query.page}}"},
        {"banners": "[]"},
        {"banners": "[{at: $.b}]"},
        {"preset": "sollr"},
        {"match": ""},
        {"match": "{host: shop.example}"},
        {"products": "{list: $.products}"},
        {"auction": "{user: cookie.a}"},
    ],
)
def test_what_is_plainly_wrong_it_refuses(sections: dict[str, str]) -> None:
    assert not takes(a_rule_text(**sections))


def properties(schema: Any) -> list[tuple[str, Any]]:
    """Every key with what the schema says of it."""
    found = []
    for name, each in schema.get("properties", {}).items():
        found += [(name, each), *properties(each), *properties(each.get("items", {}))]
    return found


KEYS = properties(json_schema()["$defs"]["Rule"])


@pytest.mark.parametrize(("name", "key"), KEYS, ids=[name for name, _ in KEYS])
def test_what_an_editor_offers_is_what_the_schema_takes(name: str, key: dict[str, Any]) -> None:
    for value in [*key.get("examples", ()), *([key["default"]] if "default" in key else [])]:
        jsonschema.Draft202012Validator(key).validate(value)


def test_an_editor_is_told_defaults_and_examples() -> None:
    keys = dict(KEYS)
    assert keys["timeout"]["default"] == "150ms"
    assert keys["path"]["examples"][0] == "/api/search"


ROOT = Path(__file__).parents[3]


class AsEditors(yaml.SafeLoader):
    """YAML 1.2, as editors read it: `off` is a word, and only `true` and `false` are not."""

    yaml_implicit_resolvers = {  # noqa: RUF012 (as in the class below)
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":bool") or first in "tf"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


@pytest.mark.parametrize("file", sorted((ROOT / "rules").glob("*.yaml")), ids=lambda file: file.stem)
def test_every_rule_of_the_demo_is_one_for_an_editor(file: Path) -> None:
    SCHEMA.validate(yaml.safe_load(file.read_text()))


@pytest.mark.parametrize("file", sorted((ROOT / "proxy/rules/presets").glob("*.yaml")), ids=lambda file: file.stem)
def test_every_preset_is_written_in_the_format_and_offered(file: Path) -> None:
    SCHEMA.validate({"page": "x", "preset": file.stem, **yaml.safe_load(file.read_text())})


@pytest.mark.parametrize("file", sorted((ROOT / "tests/stories").glob("*.yaml")), ids=lambda file: file.stem)
def test_every_storys_rule_is_one_for_an_editor(file: Path) -> None:
    rule = yaml.safe_load(file.read_text())["rule"]
    SCHEMA.validate(yaml.load(rule, AsEditors) if isinstance(rule, str) else rule)
