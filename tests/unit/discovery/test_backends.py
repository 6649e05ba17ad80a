"""Every sample of a backend is recognised, with its request and (where the answer alone can tell) without."""

import json
from pathlib import Path

import pytest
import yaml

from proxy.discovery.backends import BACKENDS, recognise
from proxy.discovery.request import Request

SAMPLES = Path(__file__).parents[2] / "data" / "presets"
NAMES = sorted(folder.name for folder in SAMPLES.iterdir() if folder.is_dir())

# Their answers are the other's answers: only the request tells.
ONLY_BY_THE_REQUEST = {
    "bloomreach-category": "bloomreach",
    "constructor-browse": "constructor",
    "coveo-listing": "coveo",
}
# OpenSearch's requests and answers are Elasticsearch's; so are the two presets.
NEVER = {"opensearch": "elasticsearch"}


def sample(name: str) -> tuple[object, Request]:
    case = yaml.safe_load((SAMPLES / name / "case.yaml").read_text())
    body = (SAMPLES / name / case["body"]).read_bytes() if "body" in case else None
    request = Request(case["method"], case["url"], tuple(case["headers"].items()), body)
    return json.loads((SAMPLES / name / "response.json").read_text()), request


@pytest.mark.parametrize("name", NAMES)
def test_a_backend_is_known_by_its_request_and_answer(name):
    value, request = sample(name)
    assert recognise(value, request)[0].preset == NEVER.get(name, name)


@pytest.mark.parametrize("name", NAMES)
def test_a_backend_is_known_by_its_answer_alone(name):
    value, _ = sample(name)
    known = [each.preset for each in recognise(value, None)]
    if name == "commercetools-projection":
        assert known in ([], [name])
    else:
        assert known[0] == NEVER.get(name) or known[0] == ONLY_BY_THE_REQUEST.get(name, name)


def test_every_backend_has_a_sample():
    assert {marks.preset for marks in BACKENDS} == set(NAMES)


def test_what_was_seen_is_said():
    value, request = sample("algolia")
    assert recognise(value, request)[0].because == (
        "nbHits, processingTimeMS, objectID, exhaustiveNbHits in the response",
        "the path /1/indexes/products/query",
        "the header x-algolia-*",
    )


def test_an_address_can_tell_what_an_answer_cannot():
    value, request = sample("opensearch")
    named = Request(request.method, "https://search-shop.eu-west-1.es.amazonaws.com/catalog/_search", (), request.body)
    assert recognise(value, named)[0].preset == "opensearch"


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        None,
        {"products": [{"id": 1}]},
        {"hits": []},
        {"results": [{"id": "1"}]},
        {"data": {"products": {"items": []}}},
    ],
)
def test_a_shape_that_many_have_is_nobodys(value):
    assert recognise(value, Request("GET", "/api/search?q=x")) == []
