"""The pages of the presets are those of the presets as they are, and each says what a reader must know."""

import re

import pytest

from proxy.rules.files import read_book
from proxy.rules.reading.presets import preset_names
from tests.presets import pages


@pytest.mark.parametrize("name", preset_names())
def test_no_page_is_stale(name: str) -> None:
    text = (pages.FOLDER / f"{name}.md").read_text()
    assert pages.with_generated(text, pages.page_of(name) + "\n") == text, "run: python -m tests.presets.pages"


def test_the_index_is_not_stale() -> None:
    text = (pages.FOLDER / "README.md").read_text()
    assert pages.with_generated(text, pages.index()) == text, "run: python -m tests.presets.pages"


def test_there_is_a_page_for_each_preset_and_no_other() -> None:
    assert {file.stem for file in pages.FOLDER.glob("*.md")} == {"README", *preset_names()}


@pytest.mark.parametrize("name", preset_names())
def test_a_person_has_written_what_no_preset_can_say(name: str) -> None:
    written = (pages.FOLDER / f"{name}.md").read_text().partition(pages.BEGIN)[0]
    assert written.startswith("# ")
    assert len(written.split()) > 25


def fragments(name: str) -> list[str]:
    """What a person wrote between the lines: parts of rules, `skip: {query: [sort]}`."""
    written = (pages.FOLDER / f"{name}.md").read_text().partition(pages.BEGIN)[0]
    plain = re.sub(r"\s*\n\s+", " ", written)
    return re.findall(r"`((?:match|skip|products|auction|tag|layout): \{.*?\})`", plain)


WRITTEN = [(name, fragment) for name in preset_names() for fragment in fragments(name)]


@pytest.mark.parametrize(("name", "fragment"), WRITTEN)
def test_every_part_of_a_rule_that_a_page_shows_fits_its_preset(name: str, fragment: str) -> None:
    slots = "" if fragment.startswith("auction") else "auction: {slots: 3}\n"
    rule = f"page: search\npreset: {name}\n{slots}{fragment.replace('auction: {', 'auction: {slots: 3, ')}\n"
    assert read_book({"rule.yaml": rule.encode()}).problems == ()


def test_there_are_parts_of_rules() -> None:
    assert len(WRITTEN) > 40
