import pytest

from proxy.rules.reading.keys import Key, keys_of, sections
from proxy.rules.reading.kinds import BAD
from proxy.rules.reading.nodes import Keys
from proxy.rules.reading.yamltext import read_yaml
from proxy.rules.rule import AfterPage, Banner, Rule, Skip

EVERY_KEY = [(path, key) for path, section in sections().items() for key in keys_of(section).values()]


def test_every_section_is_known_by_its_path() -> None:
    assert set(sections()) == {
        "",
        "match",
        "match.graphql",
        "skip",
        "skip.after_page",
        "products",
        "auction",
        "auction.page",
        "auction.consent",
        "layout",
        "tag",
        "tag.append",
        "banners",
        "cache",
    }
    assert sections()["banners"] is Banner
    assert sections()["skip.after_page"] is AfterPage


def test_a_key_that_python_cannot_name_has_its_name_of_yaml() -> None:
    assert list(keys_of(AfterPage)) == ["from", "first"]
    assert keys_of(AfterPage)["from"].attribute == "source"


def test_a_key_knows_its_kind_or_its_section() -> None:
    keys = keys_of(Rule)
    assert keys["page"].required
    assert keys["banners"].many
    assert keys["skip"].section is Skip
    assert keys["skip"].default == Skip()
    assert keys["mode"].default == "live"
    assert all((key.kind is None) != (key.section is None) for _, key in EVERY_KEY)


@pytest.mark.parametrize(("path", "key"), EVERY_KEY, ids=[f"{path}.{key.name}" for path, key in EVERY_KEY])
def test_every_example_can_be_read(path: str, key: Key) -> None:
    for example in (*key.examples, *filter(None, [key.kind and key.kind.example])):
        root = read_yaml(f"k: {example}")
        assert isinstance(root, Keys)
        told: list[str] = []
        assert key.kind
        value = key.kind.read(root.pairs[0].value, "k", lambda *said, told=told: told.append(said[2]))  # type: ignore[misc]
        assert not told, example
        assert value is not BAD
