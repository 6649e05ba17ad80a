"""The pages that people read, as tests see them: their fenced blocks, links and tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.md")])


@dataclass(frozen=True)
class Block:
    """One fenced block: where it stands, its language, its text."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(language: str) -> list[Block]:
    """All blocks of a language, in all pages."""
    return [block for page in PAGES for block in _blocks(page) if block.language == language]


def _blocks(page: Path) -> Iterator[Block]:
    text = page.read_text()
    for found in re.finditer(r"^```(\w*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        yield Block(page, text.count("\n", 0, found.start()) + 1, found[1], found[2])


def commands() -> list[tuple[Block, str, str]]:
    """Each command of the console blocks, and what the page says that it prints (behind a `$` prompt)."""
    return [(block, command, output) for block in blocks("console") for command, output in _commands(block.text)]


def _commands(text: str) -> Iterator[tuple[str, str]]:
    if "$ " not in text:
        for line in text.replace("\\\n", " ").splitlines():
            if line.strip():
                yield line.partition("  #")[0].strip(), ""
        return
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def links(page: Path) -> list[str]:
    """The targets of a page's links to files."""
    found = re.findall(r"\]\(([^)\s]+)\)", page.read_text())
    return [link.partition("#")[0] for link in found if not link.startswith(("http", "#", "mailto:"))]


def table_rows(page: Path) -> list[list[str]]:
    """The cells of all rows of all tables in a page."""
    rows = [line for line in page.read_text().splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]


def newcomers_path() -> tuple[Path, str]:
    """The page and the section of it that leads from an API's address to ads in its answers."""
    page = ROOT / "README.md"
    section = page.read_text().partition("## From your API to ads")[2].partition("\n## ")[0]
    return page, section
