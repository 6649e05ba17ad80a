import pytest

from proxy.rules.files import read_book
from proxy.rules.reading.presets import preset_names
from proxy.rules.reading.written import with_its_preset


def test_what_is_the_presets_is_marked_and_what_is_the_authors_is_not() -> None:
    rule = "page: search\npreset: solr\nmatch: {path: /find}\nskip: {after_page: }\nauction:\n  slots: 3\n"
    assert with_its_preset({"a.yaml": rule.encode()}, "search") == (
        "page: search\n"
        "preset: solr\n"
        "match:\n"
        "  path: /find\n"
        "  methods: [GET, POST]                                        # solr\n"
        "skip:\n"
        "  query: [sort]                                               # solr\n"
        "auction:\n"
        "  slots: 3\n"
        "  search_query: [query.q, form.q, body.$.query]               # solr\n"
        "  page:\n"
        "    type: search                                              # solr\n"
        "    value: [query.q, form.q, body.$.query]                    # solr\n"
        "products:\n"
        "  list: $.response.docs                                       # solr\n"
        "  id: $.id                                                    # solr\n"
        "tag:\n"
        "  at: $                                                       # solr\n"
    )


@pytest.mark.parametrize("name", preset_names())
def test_what_is_written_is_the_same_rule_again(name: str) -> None:
    rule = f'page: search\npreset: {name}\nauction: {{slots: 3, consent: {{from: cookie.c, equals: "yes"}}, user: cookie.u}}\n'
    book = read_book({"rule.yaml": rule.encode()}).book
    assert book
    written = with_its_preset({"rule.yaml": rule.encode()}, "search").replace(f"preset: {name}\n", "", 1)
    again = read_book({"rule.yaml": written.encode()}).book
    assert again
    assert repr(again.rules[0]) == repr(book.rules[0]).replace(f"preset='{name}'", "preset=None")


def test_a_rule_that_rests_on_no_preset_is_not_written_out() -> None:
    texts = {"a.yaml": b"[]", "b.yaml": b"- page: a\n  preset: solr\n- page: b\n", "c.yaml": b""}
    assert with_its_preset(texts, "b") == ""
    assert with_its_preset(texts, "none") == ""
    assert with_its_preset(texts, "a").startswith("page: a\npreset: solr\n")
