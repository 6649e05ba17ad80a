import argparse
from pathlib import Path

import pytest

from proxy.cli.asked import add_arguments, client, media_type, read_request, site
from proxy.errors import SettingsTrouble


def asked(*arguments: str):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return read_request(parser.parse_args(list(arguments)))


def test_a_url_is_fetched_with_get():
    request = asked("https://search.example/api/search?q=lamp")
    assert (request.method, request.url) == ("GET", "https://search.example/api/search?q=lamp")
    assert (request.ask.target, request.ask.host, request.saved) == ("/api/search?q=lamp", "search.example", None)


def test_a_body_makes_it_a_post(tmp_path: Path):
    (tmp_path / "body").write_bytes(b"{}")
    request = asked("https://search.example/s", "--body", str(tmp_path / "body"))
    assert (request.method, request.body, request.ask.json) == ("POST", b"{}", {})


def test_a_request_beside_a_url_says_the_rest():
    assert asked("https://search.example/s", "--request", "POST /t?a=1").url == "https://search.example/t?a=1"


def test_a_saved_response_comes_with_its_request(tmp_path: Path):
    (tmp_path / "saved").write_bytes(b"[]")
    request = asked(str(tmp_path / "saved"), "--request", "POST /api/search", "--header", "Cookie: tsuid=u1")
    assert (request.method, request.saved, request.ask.cookies) == ("POST", b"[]", {"tsuid": "u1"})


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://a.example", "/"),
        ("http://a.example?q=1", "/?q=1"),
        ("http://a.example/s?q=grün lampe", "/s?q=gr%C3%BCn%20lampe"),
    ],
)
def test_a_url_goes_out_as_a_browser_sends_it(url, target):
    assert asked(url).ask.target == target


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("absent.json",), "No such file or directory$"),
        (("absent.json", "--request", "GET /x"), "No such file or directory$"),
        (("absent/answer.json",), "No such file or directory$"),
        (("search.example/api/search?q=lamp",), "put https:// or http:// before it"),
        (("127.0.0.1:8081/api/search",), "put https:// or http:// before it"),
        (("localhost:8081",), "put https:// or http:// before it"),
        (("ftp://search.example/a",), "begins with http:// or https://, and not with ftp:"),
        (("http://u:p@search.example/a",), "--header 'Authorization: Basic"),
        (("http://",), "has no host"),
        (("http://a.example", "--request", "get /x"), "write a method and a URL"),
        (("http://a.example", "--header", "odd"), "write a name and a value"),
        (("http://[::1",), "no address"),
    ],
)
def test_what_cannot_be_used_is_one_clear_line(arguments, says):
    with pytest.raises(SettingsTrouble, match=says):
        asked(*arguments)


def test_a_saved_response_alone_says_what_is_lacking(tmp_path: Path):
    (tmp_path / "saved").write_bytes(b"[]")
    with pytest.raises(SettingsTrouble, match="add --request"):
        asked(str(tmp_path / "saved"))


def test_a_scheme_may_be_in_capitals():
    assert asked("HTTPS://search.example/s").url == "https://search.example/s"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b' {"q": 1}', b"application/json"),
        (b"[1]", b"application/json"),
        (b"{}\n{}\n", b"application/x-ndjson"),
        (b"q=lamp&page=1", b"application/x-www-form-urlencoded"),
        (b"<search/>", b"application/xml"),
    ],
)
def test_a_body_is_sent_as_what_it_looks_like(body, kind):
    assert media_type(body) == kind


def test_a_client_is_made_for_the_site_of_a_url():
    assert site("https://a.example:8443/s?q=1") == "https://a.example:8443"
    assert str(client("http://a.example", "marketplace").origin) == "http://a.example"
    with pytest.raises(SettingsTrouble, match="begins with http"):
        client("ads.example", "ad platform")
