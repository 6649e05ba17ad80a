import argparse
import json
import shlex
from pathlib import Path

from proxy.cli.found import nothing_found, told
from proxy.discovery import Request, discover, write_rule

SAMPLES = Path(__file__).parents[2] / "data" / "presets"


def arguments(**given) -> argparse.Namespace:
    return argparse.Namespace(
        **{"source": "saved.json", "request": None, "body": None, "header": [], "out": None} | given
    )


def told_of(value, answers=None, **given) -> str:
    discovery = discover(json.dumps(value).encode(), answers)
    return told(arguments(**given), discovery, write_rule(discovery, answers), answers)


def products(**more):
    return [{"id": f"p{n}", "name": f"Lamp {n}", "price": n + 0.5, **more} for n in range(4)]


def test_the_next_commands_are_as_they_must_be_typed():
    url = "https://search.example/api/search?q=lamp&page=1"
    said = told_of({"products": products()}, Request("GET", url), source=url, header=["Cookie: a=b c"])
    assert said.partition("Next:\n")[2].partition("\n\n")[0].splitlines() == [
        f"  sponsored-proxy init '{url}' --header 'Cookie: a=b c' --out rules/search.yaml",
        "  sponsored-proxy check rules/search.yaml",
        f"  sponsored-proxy explain '{url}' --header 'Cookie: a=b c' --rules rules/search.yaml",
        "  sponsored-proxy sandbox --any --key-file ads.key",
        "  sponsored-proxy serve --upstream https://search.example --rules rules"
        " --ads-url http://127.0.0.1:8082 --ads-key-file ads.key",
        "  curl -i -H 'Cookie: a=b c' 'http://127.0.0.1:8080/api/search?q=lamp&page=1'",
    ]


def test_what_a_post_carried_is_sent_again_through_the_proxy():
    url = "https://search.example/api/search"
    request = Request("POST", url, (), b'{"query": "lamp"}')
    said = told_of({"products": products()}, request, source=url, body=Path("the body.json"))
    assert (
        "  curl -i -H 'Content-Type: application/json' --data-binary '@the body.json' http://127.0.0.1:8080/api/search\n"
        in said
    )


def test_an_answer_that_the_proxy_would_leave_alone_is_told():
    discovery = discover(json.dumps({"products": products()}).encode())
    said = told(arguments(), discovery, write_rule(discovery, None), None, "its Content-Type is text/plain")
    assert "This answer would stay without ads: its Content-Type is text/plain.\n" in said


def test_lists_of_a_preset_without_products_are_told():
    value = json.loads((SAMPLES / "algolia-multi" / "response.json").read_text())
    assert "Only 2 of its 3 lists hold products" in told_of(value)


def test_an_empty_list_is_told_to_be_that():
    said = nothing_found("saved.json", discover(b'{"total": 0, "data": {"items": []}}'))
    assert "$.data.items is an empty list: ask for something that the marketplace has" in said


def test_a_written_file_is_named_in_them():
    said = told_of({"products": products()}, Request("GET", "/s"), request="GET /s", out=Path("my rules/a.yaml"))
    lines = [shlex.split(line) for line in said.partition("Next:\n")[2].partition("\n\n")[0].splitlines()]
    assert lines[0] == ["sponsored-proxy", "check", "my rules/a.yaml"]
    assert lines[1] == ["sponsored-proxy", "explain", "saved.json", "--request", "GET /s", "--rules", "my rules/a.yaml"]
    assert "https://YOUR-SEARCH-API" in lines[3]


def test_a_backend_is_named_with_its_marks():
    value = json.loads((SAMPLES / "algolia" / "response.json").read_text())
    assert (
        "This looks like algolia (nbHits, processingTimeMS, objectID, exhaustiveNbHits in the response); its preset fits."
        in told_of(value)
    )


def test_an_id_of_ones_own_under_a_preset_is_told():
    value = {"hits": [{"sku": f"s{n}", "name": "x"} for n in range(3)], "estimatedTotalHits": 3, "processingTimeMs": 1}
    assert "its preset fits, but for the id: $.id is not in these products." in told_of(value)


def test_a_preset_that_does_not_fit_is_told():
    value = json.loads((SAMPLES / "bloomreach" / "response.json").read_text())
    assert "but its preset does not fit" in told_of(value, Request("GET", "/own?q=chair"))


def test_a_request_that_would_be_skipped_is_told():
    said = told_of({"products": products()}, Request("GET", "/s?sort=price"))
    assert "sorts or filters (sort), so it would get no ads" in said


def test_no_sign_of_a_sample_reaches_the_terminal():
    assert "\x1b" not in told_of({"products": products(id="\x1b[31mred")})


def test_nothing_found_says_what_was_seen():
    discovery = discover(b'{"facets": [{"value": "a", "count": 1}]}')
    said = nothing_found("saved.json", discovery)
    assert "$.facets" in said
    assert said.startswith("saved.json: no list in this response looks like products.\n")


def test_products_under_their_ids_are_said_to_be_out_of_reach():
    discovery = discover(json.dumps({"products": {each.pop("id"): each for each in products()}}).encode())
    said = nothing_found("saved.json", discovery)
    assert "\n$.products holds products under their ids" in said
