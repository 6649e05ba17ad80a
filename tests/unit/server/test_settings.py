from dataclasses import fields
from pathlib import Path

from proxy.server.settings import SETTINGS, Settings, as_markdown

DOCS = Path(__file__).parents[3] / "docs"


def test_each_setting_has_its_place_in_settings():
    assert {setting.attribute for setting in SETTINGS} | {"ads_key", "told"} == {
        field.name for field in fields(Settings)
    }


def test_the_key_is_no_setting():
    assert not any(setting.attribute == "ads_key" for setting in SETTINGS)


def test_defaults_can_be_read():
    for setting in SETTINGS:
        if setting.default is not None:
            setting.read(setting.default)


def test_no_variable_is_one_that_kubernetes_sets_for_a_service_of_our_name():
    for setting in SETTINGS:
        assert not setting.variable.startswith(("SPONSORED_PROXY_PORT", "SPONSORED_PROXY_SERVICE"))


def test_the_documentation_is_what_is_read():
    page = (DOCS / "settings.md").read_text()
    assert page == as_markdown(), "run `python -m proxy.server.settings > docs/settings.md`"
