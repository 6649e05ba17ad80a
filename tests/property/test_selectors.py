"""A selector reads what it wrote, and finds what stands there."""

import json
from itertools import chain, zip_longest

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from proxy.rules.selector import Every, Index, Name, Selector, SelectorError, Step, Where
from proxy.search.listing import NotAListing
from proxy.search.lossless.route import Route
from proxy.search.lossless.whereabouts import Whereabouts

# No lone surrogates: they are no text.
TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
LITERALS = (
    TEXT | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | st.none()
)
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(Name, TEXT),
    st.builds(Index, st.integers(0, 10**9 - 1)),
    st.just(Every()),
    st.builds(Where, st.lists(TEXT, min_size=1, max_size=4).map(tuple), LITERALS),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(st.lists(STEPS, max_size=12).map(tuple))
def test_a_selector_reads_what_it_wrote(steps: tuple[Step, ...]) -> None:
    written = Selector.of(steps)
    assert Selector.parse(written.text).steps == steps
    assert repr(Selector.parse(written.text).steps) == repr(steps)  # True is not 1, -0.0 is not 0


def read_or_refused(text: str) -> Selector | SelectorError:
    try:
        return Selector.parse(text)
    except SelectorError as refused:
        return refused


@given(st.text(alphabet=st.sampled_from("$.[]*?@='\"\\ab0 1-,:()&|!<>u\n"), max_size=30))
def test_any_text_is_a_selector_or_refused_with_its_place(text: str) -> None:
    read = read_or_refused(text)
    if isinstance(read, SelectorError):
        assert 0 <= read.column <= max(len(text), 1)
        assert read.message
        assert read.length > 0
    elif not read.is_xpath:
        assert Selector.parse(Selector.of(read.steps).text).steps == read.steps


@given(JSON, st.lists(STEPS, max_size=5).map(tuple))
def test_looking_never_fails_whatever_the_value(value: object, steps: tuple[Step, ...]) -> None:
    assert isinstance(Selector.of(steps).find(value), list)


@given(JSON, st.data())
def test_what_stands_somewhere_is_found_under_its_path(value: object, data: st.DataObject) -> None:
    steps: list[Step] = []
    here = value
    while isinstance(here, dict | list) and here and data.draw(st.booleans()):
        if isinstance(here, dict):
            key = data.draw(st.sampled_from(sorted(here)))
            steps.append(Name(key))
            here = here[key]
        else:
            n = data.draw(st.integers(0, len(here) - 1))
            steps.append(Index(n))
            here = here[n]
    assert Selector.of(steps).find(value) == [here]


@given(JSON, st.lists(STEPS, max_size=5).map(tuple), st.booleans())
def test_a_listing_is_where_the_selector_finds_an_array(value: object, steps: tuple[Step, ...], indented: bool) -> None:
    """Through arrays and the members of objects alike, whatever stands on the way; and each item as its own bytes."""
    body = json.dumps(value, indent=1 if indented else None).encode()
    try:
        found = Route(Selector.of(steps)).listings(body, body, Whereabouts(body))
    except (NotAListing, msgspec.ValidationError):
        found = []
    expected = [each for each in Selector.of(steps).find(value) if isinstance(each, list)]
    assert [[json.loads(bytes(item)) for item in each.items] for each in found] == expected
    for each in found:
        pieces = [bytes(item) for item in each.items]
        gaps = each.gaps if len(each.gaps) != 1 else [each.gaps[0]] * (len(pieces) - 1)
        whole = b"".join(chain.from_iterable(zip_longest(pieces, gaps, fillvalue=b"")))
        assert body[each.span.start : each.span.end] == whole
