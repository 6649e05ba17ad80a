"""The webhook's signature: of what arrived, or of what JavaScript would have written."""

import hmac

import pytest

from proxy.events.taking.segment.signature import is_signed


def signature(text):
    return hmac.new(b"secret", text.encode(), "sha1").hexdigest()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ('{"a":1}', '{"a":1}'),
        ('{ "a" : 1.0, "b": [1e21, -0] }\n', '{"a":1,"b":[1e+21,0]}'),
        ('[{"a":1},{"b":2}]', '{"a":1}'),
        ('[ {"a": 1.0}, {"b": 2} ]', '{"a":1}'),
        ('{"a":"\\u00e9\\ud83d\\ude00\\/"}', '{"a":"é😀/"}'),
        ('{"10":1,"9":2}', '{"9":2,"10":1}'),
        ('\ufeff{"a":1}', '{"a":1}'),
    ],
)
def test_a_body_is_signed_as_it_is_or_as_javascript_writes_it(body, text):
    assert is_signed(body.encode(), signature(text), "secret")
    assert is_signed(body.encode(), f" {signature(text).upper()} ", "secret")
    assert not is_signed(body.encode(), signature(text), "another")


@pytest.mark.parametrize("body", [b"", b"[]", b"[", b"{", b"\xff", b"[" * 5000, b"[x]"])
def test_what_cannot_be_read_is_not_signed(body):
    assert not is_signed(body, signature("x"), "secret")


@pytest.mark.parametrize("given", ["", "x", "\ud800", "é"])
def test_what_is_no_signature_is_none(given):
    assert not is_signed(b"{}", given, "secret")


def test_only_the_first_event_of_an_array_is_signed():
    assert not is_signed(b'[{"a":1},{"b":2}]', signature('{"b":2}'), "secret")
    assert not is_signed(b'[{"a":1},{"b":2}]', signature('[{"a":1},{"b":2}]'), "secret")
