import json
from pathlib import Path

import pytest

from proxy.errors import SettingsTrouble
from proxy.sandbox.config import parse_market, read_market

GOOD = """
currency: EUR
reserve: 0.05
campaigns:
  - name: Autumn
    budget: {total: 100, daily: 10.50, pacing: asap}
    bids:
      - {product: 0123, bid: 0.35}
      - {products: [no, 1.10], bid: 1}
      - {vendor: on, bid: 2}
"""


def problems(text: str) -> str:
    with pytest.raises(SettingsTrouble) as told:
        parse_market(text)
    return str(told.value)


def test_campaigns_are_read():
    market = parse_market(GOOD)
    (campaign,) = market.campaigns
    assert (market.currency, market.reserve) == ("EUR", 50_000)
    assert (campaign.budget.total, campaign.budget.daily) == (100_000_000, 10_500_000)
    assert [bid.bid for bid in campaign.bids] == [350_000, 1_000_000, 2_000_000]


def test_yaml_traps_do_not_bite():
    (campaign,) = parse_market(GOOD).campaigns
    assert [bid.product_ids or bid.vendor for bid in campaign.bids] == [("0123",), ("no", "1.10"), "on"]


def test_an_empty_file_is_a_market_without_campaigns():
    assert parse_market("").campaigns == ()


def test_every_problem_is_told_at_once_with_its_line():
    told = problems(
        "reserve: much\ncampaigns:\n  - nmae: x\n    budget:\n      daly: 3\n    bids:\n      - {product: p}\n"
    )
    assert "sandbox.yaml:1  reserve: not an amount of money" in told
    assert "sandbox.yaml:3  campaigns[0].nmae: there is no such key; did you mean `name`?" in told
    assert "sandbox.yaml:3  campaigns[0].name: is missing" in told
    assert "sandbox.yaml:5  campaigns[0].budget.daly: there is no such key; did you mean `daily`?" in told
    assert "sandbox.yaml:7  campaigns[0].bids[0].bid: is missing" in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("reserve: 1\nreserve: 2", "sandbox.yaml:2  `reserve` stands twice"),
        ("? [a]\n: 1", "a key has to be text"),
        ("campaigns: [", "not YAML"),
        ("- 1", "the file: Input should be"),
        ("campaigns: [{name: x, bids: []}]", "bids: "),
        (
            "campaigns: [{name: x, bids: [{bid: 1}]}]",
            "exactly one of `product`, `products`, `vendor` and `any_product`",
        ),
        ("campaigns: [{name: x, bids: [{product: p, vendor: v, bid: 1}]}]", "exactly one of"),
        ("campaigns: [{name: x, bids: [{product: p, bid: 0}]}]", "greater than 0"),
        ("products: [{id: p, quality: 1.5}]", "less than or equal to 1"),
        ("campaigns: [{name: x, bids: [{url: /a, bid: 1}]}]", "`url` cannot win here; give product, vendor"),
        ("campaigns: [{name: x, bids: [{product: p, bid: 1}], categories: [a]}]", "`categories` narrow a banner"),
        ("campaigns: [{name: x, bids: [{product: p, bid: 1}], banner: {slots: [a]}}]", "banner.assets: is missing"),
        ("campaigns: [{name: x, bids: [{product: p, bid: 1}], banner: {slotz: [a]}}]", "did you mean `slots`?"),
        (
            "campaigns: [{name: x, bids: [{vendor: v, bid: 1}], sponsored_brand: {placements: [a], content: {}}}]",
            "`vendor` cannot win here; give product, url",
        ),
        (
            "campaigns: [{name: x, bids: [{product: p, bid: 1}], banner: {slots: [a], assets: [{url: /a}]}, "
            "sponsored_brand: {placements: [a], content: {}}}]",
            "two campaigns; give one",
        ),
        ("campaigns: [{name: x, bids: [&a {product: p, bid: 1}]}, {name: x, bids: [*a]}]", "two campaigns"),
    ],
)
def test_a_problem_says_what_to_write_instead(text, told):
    assert told in problems(text)


def test_a_catalogue_beside_the_file_is_read(tmp_path: Path):
    listed = {
        "products": [{"id": "p1", "seller": {"id": "v1", "name": "x"}, "category": "lamps", "price": 3}, {"id": "p2"}]
    }
    (tmp_path / "catalogue.json").write_text(json.dumps(listed))
    (tmp_path / "market.yaml").write_text("catalogue: catalogue.json\nproducts: [{id: p2, quality: 0.5}]")
    market = read_market(tmp_path / "market.yaml")
    assert (market.by_id["p1"].vendor, market.by_id["p1"].categories) == ("v1", ("lamps",))
    assert market.by_id["p2"].quality == 0.5


@pytest.mark.parametrize("catalogue", ["", "[]", '{"products": [{"name": "x"}]}', '{"products": [{"id": ""}]}'])
def test_a_catalogue_that_is_none_is_refused(tmp_path: Path, catalogue: str):
    (tmp_path / "catalogue.json").write_text(catalogue)
    (tmp_path / "market.yaml").write_text("catalogue: catalogue.json")
    with pytest.raises(SettingsTrouble, match="not a catalogue"):
        read_market(tmp_path / "market.yaml")


def test_a_file_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(SettingsTrouble, match=r"nothing\.yaml"):
        read_market(tmp_path / "nothing.yaml")
