import pytest

from proxy.discovery import words
from proxy.discovery.words import words_of


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("productId", ("product", "id")),
        ("product_id", ("product", "id")),
        ("Product-ID", ("product", "id")),
        ("objectID", ("object", "id")),
        ("_id", ("id",)),
        ("ec_product_id", ("ec", "product", "id")),
        ("URLKey", ("url", "key")),
        ("g:id", ("id",)),
        ("price2", ("price", "2")),
        ("Größe", ("größe",)),
        ("商品番号", ("商品", "番号")),
        ("", ()),
        ("@", ()),
    ],
)
def test_a_key_is_words_whatever_its_spelling(key, said):
    assert words_of(key) == said


def test_all_tables_hold_words_as_keys_are_read():
    for name, table in vars(words).items():
        if isinstance(table, frozenset) and name not in ("WRAPS", "BARE_VALUES"):
            assert all(words_of(word) == (word,) for word in table), name
