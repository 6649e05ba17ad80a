"""The ground under the tests with other people's clients: Node, its packages, and a bundle for a browser."""

import json

import pytest

from tests.clients.node import HERE, bundle, run_node


def test_what_is_installed_is_what_the_lock_file_says():
    locked = json.loads((HERE / "package-lock.json").read_text())["packages"]
    wanted = json.loads((HERE / "package.json").read_text())["dependencies"]
    installed = run_node("versions.mjs").json
    assert installed.pop("node").startswith("24.")
    assert installed == {name: locked[f"node_modules/{name}"]["version"] for name in wanted}


def test_a_script_that_fails_is_a_failure_with_its_words(tmp_path):
    (tmp_path / "bad.mjs").write_text("throw new Error('the shop is closed')")
    with pytest.raises(AssertionError, match="the shop is closed"):
        run_node(tmp_path / "bad.mjs").json  # noqa: B018


def test_a_script_is_told_what_the_test_says_and_nothing_of_the_machine(tmp_path, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    (tmp_path / "env.mjs").write_text("console.log(JSON.stringify(process.env))")
    told = run_node(tmp_path / "env.mjs", PORT=8080).json
    assert told["PORT"] == "8080"
    assert "HTTP_PROXY" not in told


def test_a_bundle_is_one_script_with_all_that_it_imports(tmp_path):
    (tmp_path / "price.js").write_text("export const price = (cents) => `€${cents / 100}`;")
    (tmp_path / "entry.js").write_text("import { price } from './price.js'; console.log(JSON.stringify(price(250)));")
    (tmp_path / "bundle.mjs").write_bytes(bundle(tmp_path / "entry.js"))
    assert run_node(tmp_path / "bundle.mjs").json == "€2.5"
