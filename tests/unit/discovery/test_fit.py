import pytest

from proxy.discovery.candidates import candidates
from proxy.discovery.fit import fits, preset_rule, takes, with_products_only
from proxy.discovery.request import Request


def hits(*ids, **more):
    return {"hits": {"hits": [{"_id": each, "_source": {"name": "Lamp", "price": 3, **more}} for each in ids]}}


def test_a_preset_is_read_as_a_rule():
    rule = preset_rule("elasticsearch")
    assert rule is not None
    assert str(rule.products.list) == "$.hits.hits"
    assert preset_rule("no-such-preset") is None


def test_a_preset_that_finds_its_list_and_ids_fits():
    fit = fits("elasticsearch", hits("1", "2"))
    assert fit is not None
    assert (str(fit.found.candidate), str(fit.found.ids[0]), fit.own_id) == ("$.hits.hits", "$._id", "")
    assert fit.found.look.at == "$._source"


@pytest.mark.parametrize("value", [{}, {"hits": []}, {"hits": {"hits": []}}, {"hits": {"hits": [1, 2]}}])
def test_a_preset_without_its_list_does_not_fit(value):
    assert fits("elasticsearch", value) is None


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"hits": [{"sku": "a", "name": "Lamp"}, {"sku": "b", "name": "Desk"}]}, "is not in these products"),
        ({"hits": [{"sku": "a", "id": 1}, {"sku": "b", "id": 1}, {"sku": "c", "id": 1}]}, "is mostly the same"),
    ],
)
def test_an_id_that_is_not_the_presets_is_looked_for(value, why):
    fit = fits("meilisearch", value)
    assert fit is not None
    assert (str(fit.found.ids[0]), fit.own_id) == ("$.sku", f"$.id {why}")


def test_ids_that_the_engine_made_up_are_nobodys():
    made_up = ("AVx3kQ-8Vb1n_Lq0aXyZ", "AVx3kQ-8Vb1n_Lq0aXyY")
    value = hits(*made_up)
    for n, hit in enumerate(value["hits"]["hits"]):
        hit["_source"]["sku"] = f"L-{n}"
    fit = fits("elasticsearch", value)
    assert fit is not None
    assert (str(fit.found.ids[0]), fit.own_id) == ("$._source.sku", "$._id looks made up by the engine")


def test_without_a_better_id_the_presets_stays():
    fit = fits("elasticsearch", hits("AVx3kQ-8Vb1n_Lq0aXyZ", "AVx3kQ-8Vb1n_Lq0aXyY"))
    assert fit is not None
    assert (str(fit.found.ids[0]), fit.own_id) == ("$._id", "")


def test_a_preset_takes_the_requests_of_its_backend_only():
    rule = preset_rule("elasticsearch")
    assert rule is not None
    assert takes(rule, Request("POST", "/products/_search", (), b"{}").ask)
    assert not takes(rule, Request("POST", "/api/search", (), b"{}").ask)


def searches(*suggestions):
    products = [{"objectID": f"p{n}", "name": f"Lamp {n}", "price": n, "image": "/l.jpg"} for n in range(3)]
    return {"results": [{"index": "shop", "hits": products}, {"index": "words", "hits": list(suggestions)}]}


def test_lists_of_a_preset_without_products_are_told_by_the_path_of_the_others():
    value = searches({"objectID": "lamp", "query": "lamp"}, {"objectID": "lamps", "query": "lamps"})
    fit = fits("algolia-multi", value)
    assert fit is not None
    fit = with_products_only(fit, candidates(value))
    assert (str(fit.found.candidate), str(fit.only), fit.whole) == (
        "$.results[*].hits",
        "$.results[?@.index == 'shop'].hits",
        2,
    )


def test_where_all_lists_hold_products_there_is_nothing_to_narrow():
    value = searches({"objectID": "q1", "name": "Desk", "price": 7, "image": "/d.jpg"})
    fit = fits("algolia-multi", value)
    assert fit is not None
    assert with_products_only(fit, candidates(value)).only is None
