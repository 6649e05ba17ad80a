from proxy.rules.reading.keys import keys_of, sections
from proxy.rules.reference import BEGIN, reference, with_reference
from proxy.rules.sources import KINDS
from proxy.rules.values import WRITABLE


def test_every_key_has_a_row_with_a_meaning() -> None:
    text = reference()
    for path, section in sections().items():
        assert (f"### `{path}`" if path else "### The rule itself") in text
        for key in keys_of(section).values():
            (row, *_) = [
                line for line in text.splitlines() if line.startswith(f"| `{key.name}` |") and key.description in line
            ]
            assert row.count(" | ") >= 4
            assert key.description.endswith(".")


def test_every_source_and_every_value_is_there() -> None:
    text = reference()
    assert all(f"`{name}.…`" in text for name in KINDS)
    assert all(f"- `{name}`:" in text for name in WRITABLE)


def test_links_lead_to_headings() -> None:
    text = reference()
    headings = {
        line.lstrip("# ").replace("`", "").replace(".", "") for line in text.splitlines() if line.startswith("#")
    }
    for path in sections():
        if path:
            assert f"(#{path.replace('.', '')})" in text
            assert path.replace(".", "") in headings


def test_what_a_person_wrote_above_stays() -> None:
    page = with_reference("# Rules\n\nHello.\n")
    assert page.startswith("# Rules\n\nHello.\n\n" + BEGIN)
    assert with_reference(page) == page
