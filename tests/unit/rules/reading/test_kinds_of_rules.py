import pytest

from proxy.rules.reading.kinds import BAD, Kind
from proxy.rules.reading.kinds_of_rules import (
    FETCH_PATH,
    HOST,
    ID_PATTERN,
    INNER,
    METHOD,
    OUTER,
    PLACE,
    PRESET,
    ROOT_PLACE,
    SOURCE_LIST,
    SOURCES,
)
from proxy.rules.reading.nodes import Scalar


def read(kind: Kind, text: str) -> tuple[object, str, str]:
    told: list[tuple[str, str]] = []

    def report(node: object, key: str, message: str, hint: str = "", column: int = 0, length: int = 0) -> None:
        told.append((message, hint))

    value = kind.read(Scalar(text, False, 1, 0, len(text)), "k", report)
    assert (value is BAD) == bool(told)
    return value, *(told[0] if told else ("", ""))


@pytest.mark.parametrize(
    ("kind", "text", "read_as"),
    [
        (HOST, "Shop.Example", "shop.example"),
        (HOST, "*.shop.example", "*.shop.example"),
        (HOST, "shop.example.", "shop.example"),
        (HOST, "[::1]", "[::1]"),
        (HOST, "xn--grn-ioa.example", "xn--grn-ioa.example"),
        (METHOD, "POST", "POST"),
        (METHOD, "QUERY", "QUERY"),
        (OUTER, "$.results[*].hits", "$.results[*].hits"),
        (INNER, "$['[*]']", "$['[*]']"),
        (INNER, "$.a[?@.k == 'sku'].v", "$.a[?@.k == 'sku'].v"),
        (ROOT_PLACE, "$", "$"),
        (ROOT_PLACE, "$.a[0]", "$.a[0]"),
        (PLACE, "$.a['b c']", "$.a['b c']"),
        (ID_PATTERN, "gid://shopify/Product/(.+)", "gid://shopify/Product/(.+)"),
        (ID_PATTERN, r"(?:sku-)?(?P<id>\d+)", r"(?:sku-)?(?P<id>\d+)"),
        (FETCH_PATH, "/api/products/{id}", "/api/products/{id}"),
        (FETCH_PATH, "/p/{id}.json?full=1", "/p/{id}.json?full=1"),
        (FETCH_PATH, "/gid%3A%2F%2F{id}", "/gid%3A%2F%2F{id}"),
        (FETCH_PATH, "/café/{id}", "/caf%C3%A9/{id}"),
    ],
)
def test_what_is_right_is_read(kind: Kind, text: str, read_as: str) -> None:
    assert str(read(kind, text)[0]) == read_as


@pytest.mark.parametrize(
    ("kind", "text", "message", "hint"),
    [
        (HOST, "https://shop.example/x", "more than a host name", "write shop.example"),
        (HOST, "shop.example:8080", "more than a host name", "write shop.example"),
        (HOST, "*.shop.example:80", "more than a host name", 'write "*.shop.example"'),
        (HOST, "shop.*", "`*` can only stand at the very start", "*.shop.example"),
        (HOST, "*", "`*` can only stand", ""),
        (HOST, "*shop.example", "`*` can only stand", ""),
        (HOST, "grün.example", "as browsers send it", "xn--"),
        (HOST, "a b", "no host name", "shop.example"),
        (HOST, "-a.example", "no host name", ""),
        (METHOD, "get", "upper case", "write GET"),
        (METHOD, "HEAD", "HEAD is not named", "also takes HEAD"),
        (METHOD, "PSOT", "no method", "did you mean `POST`?"),
        (METHOD, "DELETE", "no method", "GET, POST"),
        (INNER, "$.items[*].id", "one is needed", "[0]"),
        (ROOT_PLACE, "$.a[*]", "one is needed", "$.properties"),
        (PLACE, "$", "does not name a key", "$.properties"),
        (PLACE, "$.a[0]", "does not name a key", "$.properties"),
        (PLACE, "$.a[?@.b == 1].c", "one is needed", ""),
        (ID_PATTERN, "[", "no regular expression", ""),
        (ID_PATTERN, "abc", "no group", "(.+)"),
        (ID_PATTERN, "(a)(b)", "2 groups", "(?:…)"),
        (ID_PATTERN, "((a+)+)", "2 groups", "(?:…)"),
        (ID_PATTERN, "(?:a+)+(b)", "take forever", "(.+)"),
        (ID_PATTERN, "(" * 300, "no regular expression", ""),
        (ID_PATTERN, "x" * 501, "1 to 500", ""),
        (FETCH_PATH, "api/{id}", "does not begin with `/`", ""),
        (FETCH_PATH, "/api", "`{id}` is missing", "/api/products/{id}"),
        (FETCH_PATH, "/{id}/{id}", "stands there twice", ""),
        (FETCH_PATH, "/{id}/{sku}", "only `{id}`", ""),
        (FETCH_PATH, "/a b/{id}", "spaces", "%20"),
        (SOURCES, "tsuid", "no source", "query.tsuid"),
        (PRESET, "algoria", "there is no preset `algoria`", "did you mean `algolia`?"),
        (PRESET, "Elastic Search", "there is no preset", "did you mean `elasticsearch`?"),
        (PRESET, "qqqq", "there is no preset", "there are algolia, algolia-multi, "),
    ],
)
def test_what_is_wrong_is_refused_with_what_to_write(kind: Kind, text: str, message: str, hint: str) -> None:
    _, said, hinted = read(kind, text)
    assert message in said
    assert hint in hinted


def test_a_list_of_sources_is_wanted_where_all_of_them_count() -> None:
    assert read(SOURCE_LIST, "header.accept-language")[0] is BAD
    assert read(SOURCES, "header.accept-language")[0] != BAD
