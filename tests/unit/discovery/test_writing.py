import json
from pathlib import Path

import pytest
import yaml

from proxy.discovery import Request, discover, write_rule
from proxy.rules.files import read_book

SAMPLES = Path(__file__).parents[2] / "data" / "presets"
ITEMS = [{"id": f"p{n}", "sku": f"S{n}", "name": f"Lamp {n}", "price": n + 0.5} for n in range(4)]


def written(value, request=None, source="search.example"):
    return write_rule(discover(json.dumps(value).encode(), request), request, source)


def rule_of(text):
    reading = read_book({"rule.yaml": text.encode()})
    assert reading.book, [str(problem) for problem in reading.problems]
    assert not reading.problems
    return reading.book.rules[0]


def test_the_whole_of_a_rule():
    request = Request("GET", "https://search.example/api/search?q=lamp&page=1")
    assert (
        written({"products": ITEMS}, request).text == (Path(__file__).parent / "a_rule_for_a_sample.yaml").read_text()
    )


def test_the_rule_says_what_was_found():
    rule = rule_of(written({"items": [{"node": item} for item in ITEMS]}, Request("GET", "/s?q=lamp&offset=0")).text)
    assert (str(rule.products.list), str(rule.products.id), str(rule.tag.at)) == ("$.items", "$.node.id", "$.node")
    assert rule.skip.after_page
    assert rule.skip.after_page.first == 0
    assert rule.auction.page
    assert (str(rule.auction.search_query[0]), rule.auction.page.type) == ("query.q", "search")


@pytest.mark.parametrize("name", sorted(folder.name for folder in SAMPLES.iterdir() if folder.is_dir()))
def test_for_every_backend_its_preset_is_written_and_takes_the_request(name):
    case = yaml.safe_load((SAMPLES / name / "case.yaml").read_text())
    body = (SAMPLES / name / case["body"]).read_bytes() if "body" in case else None
    request = Request(case["method"], case["url"], tuple(case["headers"].items()), body)
    discovery = discover((SAMPLES / name / "response.json").read_bytes(), request)
    assert (discovery.list, discovery.id, discovery.sure) == (case["list"], case["id"], True)
    made = write_rule(discovery, request)
    rule = rule_of(made.text)
    assert made.takes
    # Elasticsearch and OpenSearch speak alike, and so do their presets.
    assert rule.preset == {"opensearch": "elasticsearch"}.get(name, name)
    assert (str(rule.products.list), str(rule.products.id)) == (case["list"], case["id"])


def test_a_preset_that_would_not_take_the_request_is_let_go():
    sample = json.loads((SAMPLES / "bloomreach" / "response.json").read_text())
    made = written(sample, Request("GET", "/own/search?q=chair"))
    assert made.takes
    assert rule_of(made.text).preset is None


def test_lists_of_a_preset_without_products_have_a_line_that_leaves_them_out():
    case = yaml.safe_load((SAMPLES / "algolia-multi" / "case.yaml").read_text())
    body = (SAMPLES / "algolia-multi" / case["body"]).read_bytes()
    request = Request(case["method"], case["url"], tuple(case["headers"].items()), body)
    made = written(json.loads((SAMPLES / "algolia-multi" / "response.json").read_text()), request)
    assert """#   list: "$.results[?@.index == 'products'].hits"  # 2 of 3 hold products""" in made.text


def test_what_is_not_sure_stands_at_the_head():
    assert "# NOT SURE: $.right looks much like" in written({"left": ITEMS, "right": ITEMS}).text


def test_an_unknown_path_is_told_where_it_stands():
    assert "path: /api/search               # NOT KNOWN" in written({"products": ITEMS}).text


def test_a_request_that_sorts_is_told_to_get_no_ads():
    assert written({"products": ITEMS}, Request("GET", "/s?sort=price&brand=x")).skipped == "sort, brand"
    usual = written({"products": ITEMS}, Request("GET", "/s?sort=relevance"))
    assert usual.skipped == ""
    assert "# query: [sort]" in usual.text


def test_nothing_of_a_sample_gets_out_of_its_comment():
    items = [{"id": f'x"{n}\x1b[31m\u2028evil: 1', "name": "\r\nmode: off", "price": 1} for n in range(3)]
    rule = rule_of(written({"products": items}, Request("GET", "/s?q=%0Amode:%20off"), "a\nb: c").text)
    assert rule.mode == "live"
