"""The round trip to the marketplace: the request's bytes, and whose fault a failure is."""

from typing import Any

import pytest

from proxy.errors import MarketplaceDown, MarketplaceSlow
from proxy.search.headers import Peer
from proxy.search.upstream import Upstream
from proxy.wire.errors import BrokenAnswer, ConnectTimeout, FirstByteTimeout, NoAnswer, Refused
from proxy.wire.origin import Origin
from tests.builders import an_ask

PEER = Peer("203.0.113.7", trusted=False, scheme=b"https")


class AClient:
    """A client that remembers what it was told to send."""

    def __init__(self, url: str = "http://search:9200", error: Exception | None = None) -> None:
        self.origin = Origin.parse(url)
        self.error = error
        self.head = b""
        self.how: dict[str, Any] = {}

    async def send(self, head: bytes, **how: Any) -> str:
        self.head, self.how = head, how
        if self.error:
            raise self.error
        return "a response"


class AnUpload:
    length: int | None = None


async def sent(client: AClient, body: Any = None, **ask: Any) -> AClient:
    upstream = Upstream(client, preserve_host=False, first_byte=60)  # type: ignore[arg-type]
    await upstream.send(an_ask(**ask), PEER, body, for_ads=False, search=False)
    return client


async def test_the_target_goes_on_byte_for_byte() -> None:
    client = await sent(AClient(), target="/a%2Fb?q=%27x%27&&caf\xe9")
    assert client.head.startswith(b"GET /a%2Fb?q=%27x%27&&caf\xe9 HTTP/1.1\r\nHost: search:9200\r\n")
    assert client.head.endswith(b"Via: 1.1 sponsored-proxy\r\n\r\n")


async def test_a_base_path_stands_in_front_of_every_target_but_the_star() -> None:
    assert (await sent(AClient("http://search/base"))).head.startswith(b"GET /base/api/search?q=x HTTP/1.1")
    star = await sent(AClient("http://search/base"), target="*", method="OPTIONS")
    assert star.head.startswith(b"OPTIONS * HTTP/1.1")


@pytest.mark.parametrize(
    ("body", "framing"), [(None, b""), (b"", b"Content-Length: 0\r\n"), (b"abc", b"Content-Length: 3\r\n")]
)
async def test_a_body_that_is_here_has_its_length(body: bytes | None, framing: bytes) -> None:
    client = await sent(AClient(), body)
    assert client.head.endswith(b"sponsored-proxy\r\n" + framing + b"\r\n")


async def test_a_body_of_unknown_length_goes_in_chunks() -> None:
    assert b"Transfer-Encoding: chunked\r\n" in (await sent(AClient(), AnUpload())).head


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (Refused("x"), MarketplaceDown),
        (NoAnswer("x"), MarketplaceDown),
        (BrokenAnswer("x"), MarketplaceDown),
        (ConnectTimeout("x"), MarketplaceSlow),
        (FirstByteTimeout("x"), MarketplaceSlow),
    ],
)
async def test_a_failure_of_the_wire_is_the_marketplaces(error: Exception, trouble: type[Exception]) -> None:
    with pytest.raises(trouble):
        await sent(AClient(error=error))


async def test_only_a_search_may_be_asked_twice_whatever_its_method() -> None:
    client = AClient()
    upstream = Upstream(client, preserve_host=False, first_byte=60)  # type: ignore[arg-type]
    await upstream.send(an_ask(method="POST"), PEER, b"{}", for_ads=True, search=True)
    assert (client.how["reuse"], client.how["again"]) == (True, True)
    await upstream.send(an_ask(method="POST"), PEER, b"{}", for_ads=False, search=False)
    assert (client.how["reuse"], client.how["again"]) == (None, None)
    await upstream.send(an_ask(method="POST"), PEER, AnUpload(), for_ads=True, search=True)
    assert (client.how["reuse"], client.how["again"]) == (None, None)
