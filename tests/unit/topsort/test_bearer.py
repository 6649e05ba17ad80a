"""The key stands in the head, and nowhere else."""

import pytest

from proxy.topsort.bearer import Bearer


def a_bearer(key="TSE_secret"):
    return Bearer(key, "/v2/auctions", "api.example", "sponsored-proxy/1")


def test_the_head_is_ready_but_for_the_length():
    assert a_bearer().head(42) == (
        b"POST /v2/auctions HTTP/1.1\r\n"
        b"Host: api.example\r\n"
        b"User-Agent: sponsored-proxy/1\r\n"
        b"Authorization: Bearer TSE_secret\r\n"
        b"Accept: application/json\r\n"
        b"Content-Type: application/json\r\n"
        b"Content-Length: 42\r\n\r\n"
    )


def test_the_key_is_not_shown():
    bearer = a_bearer()
    assert "TSE_secret" not in repr(bearer) + str(bearer) + str([bearer])
    assert bearer.has("TSE_secret")
    assert not bearer.has("TSE_other")


def test_what_the_platform_says_is_told_without_the_key():
    assert a_bearer().safe("no such key: TSE_secret!") == "no such key: ***!"


@pytest.mark.parametrize("key", ["", "a b", "a\r\nX-Evil: 1", "ключ", "a\tb", "a\x00"])
def test_a_key_that_cannot_stand_in_a_header_is_refused_without_being_told(key):
    with pytest.raises(ValueError) as trouble:
        a_bearer(key)
    assert not key or key not in str(trouble.value)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"a": 1.10, "b":"x"}', b'{"a": 1.10, "b":"x"}'),
        (b'{"message":"TSE_secret is no key"}', b'{"message":"*** is no key"}'),
        (b'{"message":"\\u0054SE_secret"}', b'{"message":"***"}'),
        (b'{"TSE_secret":1}', b'{"***":1}'),
        (b"<html>TSE_secret", None),
        (b"", None),
        (b"[" * 100_000, None),
        (b'{"a":"\xff"}', None),
    ],
)
def test_a_json_answer_can_be_handed_on_without_the_key(body, told):
    assert a_bearer().safe_json(body) == told


def test_a_key_with_a_quote_is_found_in_json_too():
    assert a_bearer('TSE_"x').safe_json(b'{"a":"TSE_\\"x"}') == b'{"a":"***"}'
