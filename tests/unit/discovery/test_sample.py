import pytest

from proxy.discovery.sample import LARGEST, NotASample, read_sample


@pytest.mark.parametrize("body", [b'{"a": 1}', b'\xef\xbb\xbf{"a": 1}', b' {"a":\n1} '])
def test_json_is_read_with_and_without_a_bom(body):
    assert read_sample(body) == {"a": 1}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"<!DOCTYPE html><html>", "developer tools"),
        (b"\n<html lang=en>", "web page"),
        (b'callback({"a": 1});', "JSONP"),
        (b'/**/jQuery_1.cb({"a": 1})', "JSONP"),
        (b")]}'\n{}", "guard"),
        (b"data: {}\n\n", "stream of events"),
        (b'{"a": 1}\n{"a": 2}\n', "one a line"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": 1', "no JSON"),
        (b"\x1f\x8b\x08\x00", "compressed"),
        (b"\x8b\x02\x80\xff", "compressed"),
        ('{"name": "Lämpchen"}'.encode("latin-1"), "not in UTF-8, and ads are merged only into UTF-8"),
        ('{"name": "x"}'.encode("utf-16"), "UTF-16"),
        (b"[" * 200_000, "nested too deep"),
        (b" " * (LARGEST + 1), "8 MiB"),
    ],
)
def test_what_is_no_json_is_named(body, says):
    with pytest.raises(NotASample, match=says):
        read_sample(body)
