"""What reading and merging one page costs, beside two plain ways to do it, in one run.

    python -m benchmarks.merge_micro [--rounds 400] [--profile]

The pages are those of `python -m benchmarks`: two winners from further down
move to the top and are tagged. Each round times every way, one after the
other, so that all meet the same machine; the table shows medians in
microseconds and, since machines differ, the ratio to orjson. `json` and
`orjson` build the whole page and write it anew, which also rewrites numbers
and escapes; they are here for the cost only. The second table has more and
more items: what one item costs must not grow.
"""

import argparse
import cProfile
import json
import pstats
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from benchmarks.bodies import SIZES, WINNERS, page
from proxy.auction.winners import Winner
from proxy.rules.files import read_book
from proxy.search.merge import merge
from proxy.search.plan import Plan

RULE = b"""
page: search
match: {path: /api/search}
products: {list: $.products, id: $.id}
auction: {slots: 2}
"""
BID = "ChAGBhDcE7Nxf4hB1uZ2cY0CEhABkNvGxzdwvqUe0kPBQ5n4GhABkNvGxz"


def ways(plan: Plan, body: bytes) -> dict[str, Callable[[], bytes]]:
    """The ways to merge a body, by name."""
    ids = plan.read(body).listings[0].ids
    winners = [Winner(rank=n, type="product", id=ids[at], resolved_bid_id=BID) for n, at in enumerate(WINNERS, 1)]

    def ours() -> bytes:
        return merge(plan, plan.read(body), [winners]).body

    def rebuilt(loads: Callable[[bytes], Any], dumps: Callable[[Any], bytes]) -> bytes:
        found = loads(body)
        products = found["products"]
        by_id = {each["id"]: each for each in products}
        ads = [by_id[winner.id] for winner in winners]
        for winner, ad in zip(winners, ads, strict=True):
            ad |= {"resolvedBidId": winner.resolved_bid_id, "rank": winner.rank}
        taken = {winner.id for winner in winners}
        found["products"] = ads + [each for each in products if each["id"] not in taken]
        return dumps(found)

    return {
        "merge": ours,
        "read only": lambda: plan.read(body).body,
        "orjson": lambda: rebuilt(orjson.loads, orjson.dumps),
        "json": lambda: rebuilt(json.loads, lambda found: json.dumps(found).encode()),
    }


def measured(what: Mapping[str, Callable[[], bytes]], rounds: int) -> dict[str, float]:
    """The median of each, in microseconds."""
    took: dict[str, list[float]] = {name: [] for name in what}
    for _ in range(rounds):
        for name, way in what.items():
            way()  # so that none pays for the caches and the heap that the one before left behind
            began = time.perf_counter()
            way()
            took[name].append(time.perf_counter() - began)
    return {name: statistics.median(each) * 1e6 for name, each in took.items()}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--rounds", type=int, default=400)
    options.add_argument("--profile", action="store_true", help="where the time of the 12 KB page goes")
    asked = options.parse_args()
    book = read_book({"search.yaml": RULE}).book
    assert book
    plan = Plan(book.rules[0])
    if asked.profile:
        return profile(plan)
    print(f"{'page':>8} {'merge':>9} {'read only':>9} {'orjson':>9} {'json':>9}   merge : orjson")
    for size in SIZES:
        took = measured(ways(plan, page(size)), asked.rounds)
        row = " ".join(f"{each:9.1f}" for each in took.values())
        print(f"{size:5} KB {row}   {took['merge'] / took['orjson']:.2f}")
    print(f"\n{'items':>8} {'merge':>9} {'per item':>9}")
    for count in (10, 100, 1_000, 5_000):
        body = (
            b'{"products":['
            + b",".join([b'{"id":"sku-%d","name":"Jacket","price":19.90}' % n for n in range(count)])
            + b"]}"
        )
        took = measured({"merge": ways(plan, body)["merge"]}, max(20, asked.rounds // (count // 10)))
        print(f"{count:8} {took['merge']:9.1f} {took['merge'] / count:9.3f}")
    return None


def profile(plan: Plan) -> None:
    """Where the time goes, by function."""
    way = ways(plan, page(12))["merge"]
    with cProfile.Profile() as running:
        for _ in range(5_000):
            way()
    pstats.Stats(running).sort_stats("tottime").print_stats(20)


if __name__ == "__main__":
    main()
