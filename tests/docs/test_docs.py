"""What the pages say is so: rules are rules, links lead somewhere, tables are whole, nothing names this machine."""

import re
from pathlib import Path

import pytest

from proxy.reasons import Reason
from proxy.rules.files import read_book
from proxy.server.settings import SETTINGS
from tests.docs.markdown import PAGES, ROOT, Block, blocks, links, table_rows

OPERATIONS = ROOT / "docs" / "operations.md"
SANDBOX = ROOT / "docs" / "sandbox.md"
"""Its YAML is no rule but campaigns (test_sandbox_page.py)."""


@pytest.mark.parametrize("block", [block for block in blocks("yaml") if block.page != SANDBOX], ids=str)
def test_every_rule_in_the_pages_is_a_rule_without_a_problem(block: Block) -> None:
    reading = read_book({"rule.yaml": block.text.encode()})
    assert reading.problems == ()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [link for link in links(page) if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_names_a_path_of_somebodys_machine(page: Path) -> None:
    assert re.findall(r"(?<![\w.])/(?:work|root|home|tmp)/\S*", page.read_text()) == []


def test_every_reason_is_told_with_its_meaning_and_what_to_do() -> None:
    told = {cells[0].strip("`"): cells[1] for cells in table_rows(OPERATIONS) if len(cells) == 3}
    assert {reason: told.get(str(reason)) for reason in Reason} == {
        reason: reason.meaning.replace("|", "\\|") for reason in Reason
    }


def test_every_setting_is_told() -> None:
    text = (ROOT / "docs" / "settings.md").read_text()
    assert [setting.flag for setting in SETTINGS if f"`{setting.flag}" not in text] == []


def test_the_decisions_are_numbered_without_a_gap() -> None:
    numbers = sorted(int(page.name[:4]) for page in (ROOT / "docs" / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
