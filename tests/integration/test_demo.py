"""The demo: one command, and a shop with ads stands there."""

import json
import signal
import subprocess
import sys
import zipfile

import psutil
import pytest

from tests.integration.demonstration import FREE_PORTS, ROOT, Demonstration
from tests.patience import SECONDS


@pytest.fixture(scope="module")
def demo():
    with Demonstration() as running:
        yield running.running()


def products(body: bytes) -> list[dict]:
    return json.loads(body)["products"]


def test_the_first_results_of_a_search_are_sponsored(demo):
    status, headers, body = demo.get("/api/search?q=lamp")
    assert (status, headers["sponsored-status"].partition(";")[0]) == (200, "served")
    assert [product.get("rank") for product in products(body)][:4] == [1, 2, 3, None]
    assert all(product["resolvedBidId"] for product in products(body)[:3])


def test_the_merged_answer_has_the_same_products_as_the_shops_own(demo):
    merged, organic = (products(demo.get("/api/search?q=lamp", origin)[2]) for origin in (demo.url, demo.shop))
    assert sorted(one["id"] for one in merged) == sorted(one["id"] for one in organic)
    assert [one["id"] for one in merged] != [one["id"] for one in organic]


@pytest.mark.parametrize(
    ("path", "places"),
    [
        ("/api/featured", [2, 8]),
        ("/api/categories/audio", [1, 6]),
        ("/api/products/TL-1001/similar", [1]),
    ],
)
def test_each_page_has_its_ads_where_its_rule_says(demo, path, places):
    found = products(demo.get(path)[2])
    sponsored = [place for place, product in enumerate(found, 1) if "resolvedBidId" in product]
    assert sponsored[: len(places)] == places


def test_a_winner_that_the_search_did_not_return_is_fetched_from_its_own_page(demo):
    first, *others = products(demo.get("/api/search?q=desk")[2])
    organic = products(demo.get("/api/search?q=desk", demo.shop)[2])
    assert first.pop("resolvedBidId")
    assert first.pop("rank") == 1
    assert first == json.loads(demo.get("/api/products/HP-1029", demo.shop)[2])["product"]
    assert sorted(one["id"] for one in others) == sorted(one["id"] for one in organic)


@pytest.mark.parametrize("query", ["organic=1", "sort=price_asc", "brand=Halden", "price=50-100"])
def test_what_is_sorted_filtered_or_compared_stays_as_the_shop_gave_it(demo, query):
    path = f"/api/search?q=lamp&{query}"
    _, headers, body = demo.get(path)
    assert headers["sponsored-status"].startswith("skipped_query")
    assert body == demo.get(path, demo.shop)[2]


@pytest.mark.parametrize("path", ["/", "/images/TL-1001.svg", "/assets/shop.js", "/api/products/TL-1001"])
def test_everything_else_goes_through_untouched(demo, path):
    status, headers, body = demo.get(path)
    assert (status, body) == (200, demo.get(path, demo.shop)[2])
    assert "sponsored-status" not in headers


def test_a_sealed_bid_can_be_opened_at_the_ad_platform(demo):
    first = products(demo.get("/api/search?q=lamp")[2])[0]
    bid = json.loads(demo.get(f"/_sandbox/bid/{first['resolvedBidId']}", demo.sandbox)[2])
    assert (bid["product"], bid["rank"]) == (first["id"], 1)
    assert 0.08 <= bid["price"] / 1_000_000 <= 1.2


def test_whatever_the_ad_platform_answers_the_shopper_gets_all_products():
    with Demonstration("--quiet", "--lie", "hostile,html,truncated,reset") as demo:
        demo.running()
        for _ in range(4):
            status, _, body = demo.get("/api/search?q=lamp")
            organic = products(demo.get("/api/search?q=lamp", demo.shop)[2])
            assert status == 200
            assert sorted(one["id"] for one in products(body)) == sorted(one["id"] for one in organic)


def test_a_killed_ad_platform_costs_no_page():
    with Demonstration("--quiet") as demo:
        demo.running()
        psutil.Process(int(demo.says(r"kill -9 (\d+)")[1])).kill()
        demo.says("the ad platform was ended by SIGKILL; it is started again")
        status, headers, body = demo.get("/api/search?q=lamp")
        assert (status, headers["sponsored-status"].partition(";")[0]) == (200, "ads_down")
        assert body == demo.get("/api/search?q=lamp", demo.shop)[2]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_everything_that_was_started(number):
    with Demonstration() as demo:
        demo.running()
        assert len(demo.children) >= 4
        assert demo.end(number) == 0
        assert "Traceback" not in demo.said
        assert "demo: " not in demo.said
        _, alive = psutil.wait_procs(demo.children, timeout=SECONDS)
        assert alive == []


def test_it_can_be_ended_before_it_is_ready():
    with Demonstration() as demo:
        parent = psutil.Process(demo.process.pid)
        while not (children := parent.children(recursive=True)):
            assert parent.is_running()
        assert demo.end() in (0, 130)
        assert psutil.wait_procs(children, timeout=SECONDS)[1] == []


def test_when_the_proxy_dies_it_says_so_and_ends():
    with Demonstration() as demo:
        demo.running()
        next(child for child in demo.children if "serve" in child.cmdline()).kill()
        demo.says("demo: the proxy was ended by SIGKILL")
        assert demo.process.wait(SECONDS) == 1
        assert psutil.wait_procs(demo.children, timeout=SECONDS)[1] == []


def test_rules_with_a_problem_are_told_and_end_it(tmp_path):
    (tmp_path / "bad.yaml").write_text("page: x\nslotz: 3\n")
    with Demonstration("--rules", str(tmp_path)) as demo:
        assert demo.process.wait(SECONDS) == 1
        demo.says("demo: the proxy ended with exit code 1")
        assert "slotz" in demo.said


def test_a_port_that_is_taken_is_told(demo):
    command = [sys.executable, "-m", "proxy", "demo", *FREE_PORTS, "--port", demo.url.rpartition(":")[2]]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=SECONDS)
    assert told.returncode == 1
    assert "cannot be had" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.long
def test_an_installed_package_needs_nothing_of_the_repository(tmp_path):
    source = tmp_path / "source"
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True).stdout
    for name in listed.decode().split("\0"):
        if name.startswith(("proxy/", "rules/", "pyproject.toml", "README.md", "LICENSE")):
            target = source / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).is_symlink():
                target.symlink_to((ROOT / name).readlink())
            else:
                target.write_bytes((ROOT / name).read_bytes())
    (source / "README.md").touch()
    pip = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-build-isolation",
        "--no-deps",
        "-w",
        str(tmp_path),
        str(source),
    ]
    subprocess.run(pip, check=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(tmp_path / "installed")
    empty = tmp_path / "empty"
    empty.mkdir()
    with Demonstration(cwd=empty, path=tmp_path / "installed") as demo:
        demo.running()
        assert demo.get("/api/search?q=lamp")[1]["sponsored-status"].startswith("served")
        assert demo.get("/")[0] == 200
