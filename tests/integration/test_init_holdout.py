"""How often `init` is right on responses that were written without knowledge of it.

Two sets of samples, each with a README: tests/data/discovery_dev was the first holdout, and its misses have been worked on since, so it
only shows that nothing is lost; tests/data/holdout is the set that nobody tunes on, and judges.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from proxy.discovery import NotASample, Request, discover
from proxy.rules.selector import Selector
from proxy.rules.steps import SelectorError

DATA = Path(__file__).parents[1] / "data"
RIGHT_AT_LEAST = {"discovery_dev": 0.97, "holdout": 0.95}
SURE_AND_RIGHT_AT_LEAST = 0.98


@dataclass(frozen=True)
class Sample:
    name: str
    response: bytes
    request: Request
    lists: tuple[str | None, ...]
    ids: tuple[str | None, ...]

    @property
    def has_a_listing(self) -> bool:
        return self.lists != (None,)


def read(expectations: Path) -> Sample:
    written = yaml.safe_load(expectations.read_text("utf-8"))
    body = written.get("body")
    return Sample(
        name=expectations.stem,
        response=expectations.with_suffix(".json").read_bytes(),
        request=Request(
            written["method"],
            written["url"],
            tuple(written["headers"].items()),
            None if body is None else body.encode(),
        ),
        lists=(written["list"], *written.get("also_list", ())),
        ids=(written["id"], *written.get("also_id", ())),
    )


SETS = {name: [read(path) for path in sorted((DATA / name).glob("*.yaml"))] for name in RIGHT_AT_LEAST}
SETS = {name: samples for name, samples in SETS.items() if samples}
SAMPLES = [sample for samples in SETS.values() for sample in samples]
of_each_set = pytest.mark.parametrize("name", SETS)


def normal(path: str | None) -> str | None:
    """One spelling for `$.a` and `$['a']`: how a path is written is not judged here."""
    selector = None if path is None else parsed(path)
    return path if selector is None else str(Selector.of(selector.steps))


def parsed(path: str) -> Selector | None:
    """The path as a rule reads it; None where its author used JSONPath that no rule takes."""
    try:
        return Selector.parse(path.replace("[?(", "[?").replace(")]", "]"))
    except SelectorError:
        return None


@dataclass(frozen=True)
class Verdict:
    is_right: bool
    is_sure: bool
    text: str


def verdict(sample: Sample) -> Verdict:
    try:
        discovery = discover(sample.response, sample.request)
    except NotASample as error:
        return Verdict(not sample.has_a_listing, False, f"{sample.name}: {error}")
    listing, id_ = normal(discovery.list), normal(discovery.id)
    is_right = listing in map(normal, sample.lists) and id_ in map(normal, sample.ids)
    text = f"{sample.name}: found {listing} {id_}, right is {sample.lists[0]} {sample.ids[0]}"
    return Verdict(is_right, discovery.sure, text)


def rate(verdicts: list[Verdict]) -> tuple[float, str]:
    """The share that is right, and a report with what is not."""
    right = sum(each.is_right for each in verdicts) / len(verdicts)
    return right, "\n".join([f"right on {right:.1%} of {len(verdicts)}", *(e.text for e in verdicts if not e.is_right)])


@of_each_set
def test_init_is_right_on_nineteen_of_twenty_responses(name):
    share, report = rate([verdict(sample) for sample in SETS[name]])
    print(report)
    assert share >= RIGHT_AT_LEAST[name], report


def test_init_is_rarely_wrong_where_it_says_that_it_is_sure():
    sure = [each for each in map(verdict, SAMPLES) if each.is_sure]
    share, report = rate(sure)
    assert len(sure) > len(SAMPLES) / 2
    assert share >= SURE_AND_RIGHT_AT_LEAST, report


def listings(path: str, response: object) -> list[list[object]]:
    selector = parsed(path)
    assert selector is not None
    return [found for found in selector.find(response) if isinstance(found, list)]


def items(sample: Sample) -> list[list[object]]:
    """For each spelling of the listing's path, the items it leads to."""
    response = json.loads(sample.response)
    return [
        [item for listing in listings(path, response) for item in listing]
        for path in sample.lists
        if path and parsed(path)
    ]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_an_expectation_names_what_is_in_its_response(sample):
    if not sample.has_a_listing:
        assert sample.ids == (None,)
        return
    for spelling in items(sample):
        assert len(spelling) >= 2
        assert all(isinstance(item, dict) for item in spelling)
    products = items(sample)[0]
    for path in sample.ids:
        values = [value for item in products for value in Selector.parse(path).find(item) if value is not None]
        assert len(values) >= len(products) / 2, f"{path} is in {len(values)} of {len(products)} items"


@of_each_set
def test_a_set_is_large_enough_to_tell(name):
    samples = SETS[name]
    assert len(samples) >= 50
    assert len({sample.name for sample in samples}) == len(samples)
    assert any(not sample.has_a_listing for sample in samples)


def test_every_expected_id_tells_the_products_apart():
    """A path that is the same for every item cannot be an id, whoever finds it."""
    for sample in filter(lambda sample: sample.has_a_listing, SAMPLES):
        products = items(sample)[0]
        for path in sample.ids:
            values = {str(value) for item in products for value in Selector.parse(path).find(item)}
            assert len(values) >= len(products) * 0.75, f"{sample.name}: {path}"
