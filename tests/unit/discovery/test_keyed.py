from proxy.discovery import discover
from proxy.discovery.candidates import candidates
from proxy.discovery.keyed import keyed, lone
from proxy.discovery.scores import scored
from tests.unit.discovery.test_finding import found, lamps


def by_id(n=3):
    return {lamp.pop("id"): lamp for lamp in lamps(n)}


def best(value):
    return scored(keyed(value))[0]


def test_products_under_their_ids_are_seen_as_a_list_would_be():
    assert str(best({"data": {"products": by_id()}}).candidate) == "$.data.products"


def test_an_object_of_few_or_of_other_things_is_none():
    assert keyed({"a": {"x": 1}, "b": 2, "c": [], "d": "x"}) == []


def test_products_under_their_ids_are_told_as_what_no_rule_can_take():
    discovery = found({"total": 3, "products": by_id()})
    assert discovery.list is None
    assert "$.products holds products under their ids" in discovery.doubts[0]
    assert "ask for them as an array" in discovery.doubts[0]


def test_facets_beside_products_under_their_ids_are_not_taken_for_them():
    facets = [{"id": f"f{n}", "name": f"Facet {n}", "url": f"/f{n}"} for n in range(3)]
    discovery = found({"products": by_id(), "groups": facets})
    assert discovery.list is None
    assert "$.products" in discovery.doubts[0]


def test_an_array_that_says_the_order_of_products_under_their_ids_is_the_list():
    tiles = [{"sku": f"p{n}", "position": n} for n in range(3)]
    assert found({"tiles": tiles, "entities": by_id()}).list == "$.tiles"


def test_products_in_an_array_need_no_look_at_objects():
    assert found({"products": lamps(), "byId": by_id()}).list == "$.products"


LAMP = "<item><sku>L-100</sku><title>Lamp</title><price>9.00</price><link>https://a.example/l</link></item>"


def test_one_product_in_a_feed_is_taken_as_a_list_of_one_and_said():
    discovery = discover(f"<rss><channel><title>x</title>{LAMP}</channel></rss>".encode())
    assert (discovery.list, discovery.id, discovery.sure) == ("/rss/channel/item", "./sku", False)
    assert any("single product" in doubt for doubt in discovery.doubts)


def test_a_feed_without_products_has_none():
    assert discover(b"<rss><channel><title>x</title><ttl>5</ttl></channel></rss>").list is None


def test_a_lone_object_is_a_list_of_one():
    assert [str(each) for each in lone({"a": {"b": {"id": "1", "price": "9"}}})] == ["$.a", "$.a.b"]
    assert candidates({"a": {"b": {"id": "1"}}}) == []
