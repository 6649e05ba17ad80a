import pytest

from proxy.rules.matching.conditions import Conditions
from tests.builders import a_rule, an_ask


def holds(ask: object = None, **match: object) -> bool:
    return Conditions(a_rule(**match).match).hold(ask or an_ask())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pattern", "host", "takes"),
    [
        ("shop.example", "shop.example", True),
        ("shop.example", "SHOP.example:8443", True),
        ("shop.example", "shop.example.", True),
        ("Shop.Example", "shop.example", True),
        ("shop.example", "www.shop.example", False),
        ("*.shop.example", "www.shop.example", True),
        ("*.shop.example", "a.b.shop.example", True),
        ("*.shop.example", "shop.example", False),
        ("*.shop.example", "evilshop.example", False),
        ("*.shop.example", ".shop.example", False),
        ("[::1]", "[::1]:8080", True),
        ("localhost", "", False),
    ],
)
def test_a_host_is_exact_or_below_a_name(pattern: str, host: str, takes: bool) -> None:
    assert holds(an_ask(headers=[("host", host)]), host=pattern) is takes


@pytest.mark.parametrize(
    ("wanted", "target", "takes"),
    [
        ({"type": "product"}, "/api/search?type=product", True),
        ({"type": "product"}, "/api/search?type=brand", False),
        ({"type": "product"}, "/api/search?Type=product", False),
        ({"type": "product"}, "/api/search", False),
        ({"q": "*"}, "/api/search?q=", True),
        ({"q": "*"}, "/api/search?q=x", True),
        ({"q": "*"}, "/api/search", False),
        ({"q": "a b"}, "/api/search?q=a%20b", True),
        ({"q": "a b"}, "/api/search?q=a+b", True),
        ({"a": "1", "b": "2"}, "/api/search?b=2&a=1", True),
        ({"a": "1", "b": "2"}, "/api/search?a=1", False),
        ({"a": "1"}, "/api/search?a=1&a=2", True),
    ],
)
def test_query_parameters_have_a_value_or_are_present(wanted: dict[str, str], target: str, takes: bool) -> None:
    assert holds(an_ask(target), query=wanted) is takes


def test_headers_are_named_in_any_case_and_their_values_are_exact() -> None:
    ask = an_ask(headers=[("X-Channel", "web")])
    assert holds(ask, headers={"x-channel": "web"})
    assert holds(ask, headers={"X-CHANNEL": "*"})
    assert not holds(ask, headers={"x-channel": "Web"})
    assert not holds(ask, headers={"x-other": "*"})


def test_every_condition_counts() -> None:
    rule = a_rule(methods=["POST"], host="a.example", query={"a": "1", "b": "*"}, headers={"c": "*"})
    assert Conditions(rule.match).count == 4
    assert Conditions(a_rule().match).count == 0
    graphql = a_rule(methods=["POST"], graphql={"operation": "A", "field": "b"})
    assert Conditions(graphql.match).count == 2


def test_a_graphql_condition_that_fails_is_told_with_what_was_found() -> None:
    conditions = Conditions(a_rule(methods=["POST"], graphql={"operation": "Search", "field": "search"}).match)
    for body, why in [
        (b'{"operationName":"Cart"}', "the GraphQL operation is Cart, not Search"),
        (b'{"query":"{ cart { id } }"}', "the GraphQL operation is not named, not Search"),
        (b'{"query":"query Search { cart { id } }"}', "top-level fields are cart; `search` is not among them"),
        (b'{"operationName":"Search"}', "none that can be read"),
        (b'{"query":"query Search { search { id } }"}', ""),
    ]:
        ask = an_ask(method="POST", body=body)
        assert why in conditions.why_not(ask)
        assert conditions.hold(ask) is (why == "")
