"""What the pages say is so: rules are rules, links lead somewhere, tables are whole, nothing names this machine."""

import re
from pathlib import Path

import pytest

from proxy.events.taking.segment.names import read_names
from proxy.reasons import Reason
from proxy.rules.files import read_book
from proxy.server.settings import SETTINGS
from tests.docs.markdown import PAGES, ROOT, Block, blocks, links, table_rows

OPERATIONS = ROOT / "docs" / "operations.md"
SANDBOX = ROOT / "docs" / "sandbox.md"
"""Its YAML is no rule but campaigns (test_sandbox_page.py)."""
EVENTS = ROOT / "docs" / "events.md"
"""Its YAML is no rule but a mapping of Segment's calls."""


@pytest.mark.parametrize("block", [block for block in blocks("yaml") if block.page not in (SANDBOX, EVENTS)], ids=str)
def test_every_rule_in_the_pages_is_a_rule_without_a_problem(block: Block) -> None:
    reading = read_book({"rule.yaml": block.text.encode()})
    assert reading.problems == ()


def test_the_mapping_of_segments_calls_is_the_file_that_is_there_to_be_copied() -> None:
    [block] = [block for block in blocks("yaml") if block.page == EVENTS]
    text = (ROOT / "deploy" / "segment.yaml").read_text()
    assert text.partition("\n")[2] == block.text
    assert read_names("segment.yaml", text.encode()).problems == ()


def test_every_reason_why_a_call_of_segments_is_not_sent_on_is_told() -> None:
    section = EVENTS.read_text().partition("### What is answered, and what is not sent on")[2].partition("\n## ")[0]
    code = "".join(file.read_text() for file in (ROOT / "proxy" / "events" / "taking" / "segment").glob("*.py"))
    reasons = {"crawler", "prefetch", "invalid", *re.findall(r'"((?:no|zero)_[a-z]+)"', code)}
    assert len(reasons) == 7
    assert [reason for reason in sorted(reasons) if f"`{reason}`" not in section] == []


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
