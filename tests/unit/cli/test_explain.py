"""`explain` sends one request down the real corridor and tells what happened."""

import asyncio
import contextlib
import io
import json
import re
from pathlib import Path

import pytest

from proxy.cli.explain import look_of
from proxy.cli.main import main
from tests.ad_platform import AdPlatform, wins
from tests.unit.search.test_products import item, shelves
from tests.unit.wire.scripted import answer, playing

RULE = """
page: search
match: {path: /api/search}
skip: {query: [sort]}
products: {list: $.products, id: $.id}
auction: {slots: 2, search_query: query.q, timeout: 5s}
"""
PAGE = {"products": [{"id": f"p_{n}"} for n in range(4)]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "search.yaml").write_text(RULE)
    (tmp_path / "saved.json").write_text(json.dumps(PAGE))
    return tmp_path


def told(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["explain", *arguments, "--rules", str(folder / "rules")])
    out, err = capsys.readouterr()
    return status, out, err


def test_a_saved_response_is_explained_without_asking_anybody(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved = str(folder / "saved.json")
    status, out, _ = told(folder, capsys, saved, "--request", "GET /api/search?q=lamp")
    assert status == 0
    assert "-> search" in out
    assert '"searchQuery": "lamp"' in out
    assert "--ads-url names whom to ask" in out
    assert "4 products" in out


def test_a_request_that_no_rule_takes_says_why(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = told(folder, capsys, str(folder / "saved.json"), "--request", "GET /other")
    assert "the path is /other" in out
    assert "passes through" in out


def test_a_skipped_request_says_what_skipped_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved = str(folder / "saved.json")
    _, out, _ = told(folder, capsys, saved, "--request", "GET /api/search?sort=price", "--format", "json")
    assert json.loads(out)["reason"] == "skipped_query"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["saved.json"], "add --request"),
        (["absent.json", "--request", "GET /x"], "absent.json"),
        (["saved.json", "--request", "lamp"], "write a method and a URL"),
        (["saved.json", "--request", "GET /api/search", "--header", "odd"], "write a name and a value"),
        (["saved.json", "--request", "GET /api/search", "--ads-url", "http://127.0.0.1:1"], "--ads-key-file"),
        (["saved.json", "--request", "GET /api/search", "--ads-url", "ads.example"], "http://"),
    ],
)
def test_what_it_cannot_use_is_one_clear_line(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    says: str,
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.delenv("SPONSORED_PROXY_ADS_KEY", raising=False)
    status, out, err = told(folder, capsys, *arguments)
    assert (status, out) == (1, "")
    assert says in err


def test_broken_rules_are_told_with_their_lines(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "rules" / "search.yaml").write_text(RULE.replace("slots", "slotz"))
    status, _, err = told(folder, capsys, str(folder / "saved.json"), "--request", "GET /x")
    assert status == 1
    assert f"{folder}/rules/search.yaml:" in err
    assert "did you mean `slots`" in err


async def explained(folder: Path, source: str, *winners: str) -> str:
    """What is told of a search for `lamp`, whose auction these ids win."""
    async with AdPlatform() as platform:
        platform.replies = wins(*winners)
        arguments = ["explain", source, "--ads-url", platform.url, "--rules", str(folder / "rules")]
        if not source.startswith("http"):
            arguments += ["--request", "GET /api/search?q=lamp"]
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            assert await asyncio.to_thread(main, arguments) == 0
        return out.getvalue()


async def test_an_auction_is_asked_and_told_with_its_answer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPONSORED_PROXY_ADS_KEY", "TSE_canary")
    text = await explained(folder, str(folder / "saved.json"), "p_2")
    assert re.search(r"^  1  p_0 .*\* p_2 +ad 1 ↑2$", text, re.MULTILINE)
    assert re.search(r"^  2  p_1 .* p_0 +↓1$", text, re.MULTILINE)
    assert "Ended as served" in text
    assert "TSE_canary" not in text


async def test_a_product_that_has_to_be_fetched_is_fetched_from_the_marketplace(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPONSORED_PROXY_ADS_KEY", "TSE_canary")
    (folder / "rules" / "search.yaml").write_text(RULE + 'layout: {missing: fetch, fetch: "/p/{id}"}\n')
    body = json.dumps(PAGE).encode()
    json_type = b"Content-Type: application/json"
    async with playing(shelves({"/api/search?q=lamp": answer(body, json_type), "/p/new": item("new")})) as shop:
        text = await explained(folder, f"http://127.0.0.1:{shop.port}/api/search?q=lamp", "new", "gone")
    assert re.search(r"^  1  p_0 .*\* new +ad 1 fetched$", text, re.MULTILINE)
    assert "+ Sponsored-Status: served; winners=1" in text
    assert "1 fetched from /p/{id}" in text
    assert "not fetched: gone (status 404)" in text


async def test_beside_a_saved_response_nothing_can_be_fetched(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPONSORED_PROXY_ADS_KEY", "TSE_canary")
    (folder / "rules" / "search.yaml").write_text(RULE + 'layout: {missing: fetch, fetch: "/p/{id}"}\n')
    text = await explained(folder, str(folder / "saved.json"), "new", "p_2")
    assert "not fetched, since the response is a saved one: new" in " ".join(text.split())
    assert "1 of 2 slots" in text


def test_a_rule_with_a_preset_is_shown_as_a_whole(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "rules" / "search.yaml").write_text("page: search\npreset: medusa\nauction: {slots: 2}\n")
    _, out, _ = told(folder, capsys, str(folder / "saved.json"), "--request", "GET /store/products?q=lamp")
    assert "-> search" in out
    assert re.search(r"^    path: /store/products +# medusa$", out, re.MULTILINE)
    assert re.search(r"^    slots: 2$", out, re.MULTILINE)


class Terminal(io.StringIO):
    """A terminal, or a pipe, with an encoding."""

    encoding = "UTF-8"

    def __init__(self, tty: bool, encoding: str = "UTF-8") -> None:
        super().__init__()
        self.tty = tty
        self.encoding = encoding

    def isatty(self) -> bool:
        return self.tty


@pytest.mark.parametrize(
    ("tty", "variables", "colour"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
        (False, {"FORCE_COLOR": "1"}, True),
        (True, {"FORCE_COLOR": "0"}, False),
        (True, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colours_are_for_terminals_unless_somebody_says_otherwise(
    tty: bool, variables: dict[str, str], colour: bool
) -> None:
    assert look_of(Terminal(tty), variables).colour is colour


def test_the_terminals_width_and_encoding_are_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "132")
    assert look_of(Terminal(True), {}).width == 132
    assert look_of(Terminal(True), {}).unicode
    assert not look_of(Terminal(True, "ANSI_X3.4-1968"), {}).unicode


def test_an_xml_page_is_told_with_its_names(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rule = RULE.replace("$.products", "/r/doc").replace("$.id", "./id")
    (folder / "rules" / "search.yaml").write_text(rule)
    (folder / "saved.xml").write_text("<r><doc><id>p_1</id><name>Lamp</name></doc><doc><id>p_2</id></doc></r>")
    _, out, _ = told(folder, capsys, str(folder / "saved.xml"), "--request", "GET /api/search?q=lamp")
    assert "2 products" in out
    assert re.search(r"^  1  p_1  Lamp", out, re.MULTILINE)
