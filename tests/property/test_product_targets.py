"""Whatever an ad platform calls a product: one segment of a path that a server reads back as that id, or no request."""

import posixpath
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from proxy.ask import Ask
from proxy.search.products import target_of

ids = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from(["..", ".", "/", "\\", "%2e", "a", "é", "\n", "?", "#"])).map("".join),
)


@given(ids)
def test_an_id_comes_back_as_the_one_segment_that_it_is_or_is_not_asked_for(product_id):
    target = target_of("/api/{id}/full?x=1", product_id)
    if target is None:
        return
    assert target.isascii()
    assert not set(target) & set(" \r\n\t\0\\#")
    ask = Ask("GET", target)
    assert ask.segments == ("api", product_id, "full")
    assert ask.query_string == "x=1"
    # Also where a server decodes first and then walks the path: it stays below /api.
    assert posixpath.normpath(unquote(ask.path).replace("\\", "/")).startswith("/api/")
