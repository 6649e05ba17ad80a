import socket

import pytest
from aiohttp import web

from proxy.errors import SettingsTrouble
from proxy.sandbox.running import read_address, run_app


@pytest.mark.parametrize(
    ("text", "address"),
    [("127.0.0.1:80", ("127.0.0.1", 80)), ("[::1]:0", ("::1", 0)), ("localhost:65535", ("localhost", 65535))],
)
def test_an_address_is_a_host_and_a_port(text, address):
    assert read_address(text) == address


@pytest.mark.parametrize("text", ["", "8080", ":8080", "host:", "host:http", "host:70000", "host:-1"])
def test_anything_else_is_refused_with_an_example(text):
    with pytest.raises(SettingsTrouble, match=r"127\.0\.0\.1:8082"):
        read_address(text)


def test_a_taken_address_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SettingsTrouble, match="cannot listen on"):
            run_app(web.Application(), f"127.0.0.1:{taken.getsockname()[1]}", "x")
