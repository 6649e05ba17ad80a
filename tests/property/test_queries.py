"""A query is read as the standard library reads it, whatever its characters are."""

from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from proxy.ask import Ask

queries = st.text(alphabet="ab=&+%0e9C3;? é", max_size=24).map(lambda text: text.encode().decode("latin-1"))


@given(queries)
def test_the_first_value_of_each_name_is_the_standard_librarys(query: str) -> None:
    pairs = parse_qsl(query.encode("latin-1").decode("utf-8"), keep_blank_values=True, errors="replace")
    assert Ask("GET", "/search?" + query).query == dict(reversed(pairs))


@given(queries)
def test_a_form_is_read_like_a_query(form: str) -> None:
    ask = Ask("POST", "/search", body=form.encode("latin-1"))
    assert ask.form == Ask("GET", "/search?" + form).query
