"""Write keys and the secret: read, compared, shown nowhere."""

import pickle

import pytest

from proxy.events.taking.segment.keys import read_keys, read_secret
from tests.segment_door import signed


def test_keys_stand_one_a_line_and_blank_lines_do_not_count():
    keys = read_keys(b"\xef\xbb\xbffirst\r\n\n  second  \n")
    assert [keys.know([given]) for given in ("first", "second", "first\r", "", "third")] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert keys.know(["", "second"])
    assert not keys.know(["\ud800", ""])


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "no write key"),
        (b" \n\n", "no write key"),
        (b"fine\ncanary two\n", "line 2"),
        (b"canary:x", "line 1"),
        (b"canary\x00", "line 1"),
        (b"\xffcanary", "line 1"),
    ],
)
def test_what_holds_no_keys_is_refused_without_a_word_of_it(raw, said):
    with pytest.raises(ValueError, match=said) as trouble:
        read_keys(raw)
    assert "canary" not in str(trouble.value)


def test_a_secret_is_one_line():
    secret = read_secret(b" canary of the webhook's\n")
    assert secret.signed(b"{}", signed(b"{}").removeprefix("X-Signature: "))
    for raw in (b"", b"\n", b"canary\ncanary", b"can\x00ary"):
        with pytest.raises(ValueError, match="on one line") as trouble:
            read_secret(raw)
        assert "canary" not in str(trouble.value)


@pytest.mark.parametrize("hidden", [read_keys(b"canary"), read_secret(b"canary")])
def test_they_show_themselves_nowhere(hidden):
    assert "canary" not in f"{hidden!r} {hidden}"
    with pytest.raises(TypeError):
        pickle.dumps(hidden)
