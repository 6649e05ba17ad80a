"""Whatever a request holds, looking into it never fails, and says only what is there."""

import json
from base64 import b64encode
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from proxy.ask import Ask
from proxy.rules.bodies import Place, values_at
from proxy.rules.selector import Name, Selector
from proxy.rules.sources import Source
from tests.property.test_selectors import JSON, STEPS, TEXT

PLACES = st.none() | st.integers(1, 5).flatmap(
    lambda count: st.builds(Place, st.integers(0, count - 1), st.just(count))
)


@given(st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()), st.lists(STEPS, max_size=4), PLACES)
def test_looking_into_any_body_never_fails(body: bytes, steps: list[object], place: Place | None) -> None:
    ask = Ask("POST", "/search?a=b", (), body)
    list(values_at(steps, ask, place))  # type: ignore[arg-type]
    said = Source("", "body", "$", Selector.of(steps)).read(ask, {}, place)  # type: ignore[arg-type]
    assert said is None or said


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), TEXT)
def test_what_is_hidden_in_a_text_is_found(words: str, other: str) -> None:
    inside = json.dumps({"o": other, "q": words})
    for hidden in (inside, b64encode(inside.encode()).decode(), f"x=1&q={quote(words, safe='')}"):
        ask = Ask("POST", "/search", (), json.dumps({"in": hidden}).encode())
        assert list(values_at([Name("in"), Name("q")], ask)) == [words]
