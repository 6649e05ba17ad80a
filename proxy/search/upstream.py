"""The round trip to the marketplace: a request written, an answer's head read.

The only file that knows how to speak to the marketplace. Errors of the wire
become `MarketplaceTrouble` here and nowhere else.
"""

from proxy.ask import Ask
from proxy.errors import MarketplaceDown, MarketplaceSlow
from proxy.search.headers import Peer, for_marketplace
from proxy.wire.client import Client
from proxy.wire.errors import ConnectTimeout, FirstByteTimeout, WireTrouble
from proxy.wire.response import Response
from proxy.wire.sink import Upload

Body = bytes | Upload | None


class Upstream:
    """The marketplace.

    Args:
        client: the pool of connections to it.
        preserve_host: whether it gets the shopper's `Host` instead of its own name.
        first_byte: seconds it may take to the first byte of its answer.
    """

    def __init__(self, client: Client, *, preserve_host: bool, first_byte: float) -> None:
        self._client = client
        self._host = None if preserve_host else client.origin.authority
        self._base = client.origin.base_path
        self._first_byte = first_byte

    async def send(
        self,
        ask: Ask,
        peer: Peer,
        body: Body,
        *,
        for_ads: bool,
        search: bool,
        upgrade: bytes = b"",
        condition: bytes = b"",
    ) -> Response:
        """Ask the marketplace; returns when the head of its answer is here.

        Args:
            ask: the request, its target and header lines as the shopper sent them.
            peer: who sent it.
            body: its body, if it has one.
            for_ads: whether the page may get ads, and must come whole and in a coding that we can read.
            search: whether a rule takes it; a search may be asked twice where a connection broke, whatever its method.
            upgrade: header lines that ask for another protocol.
            condition: header lines of ours that ask whether what we have still holds.

        Raises:
            MarketplaceDown: no connection, or an answer that broke off or is not HTTP.
            MarketplaceSlow: no first byte in time.
        """
        lines = for_marketplace(ask.headers, host=self._host, peer=peer, for_ads=for_ads)
        target = ask.target if ask.target == "*" else self._base + ask.target
        request_line = f"{ask.method} {target} HTTP/1.1\r\n".encode("latin-1")
        framing = b"" if body is None else _framing(body)
        head = b"".join((request_line, lines, upgrade, condition, framing, b"\r\n"))
        # A search changes nothing, so it may share connections and be asked twice even where it is a POST.
        twice = True if search and (body is None or isinstance(body, bytes)) else None
        try:
            return await self._client.send(
                head,
                method=ask.method,
                body=body,
                first_byte=self._first_byte,
                upgrade=bool(upgrade),
                reuse=twice,
                again=twice,
            )
        except (ConnectTimeout, FirstByteTimeout) as trouble:
            raise MarketplaceSlow(str(trouble)) from trouble
        except WireTrouble as trouble:
            raise MarketplaceDown(str(trouble)) from trouble


def _framing(body: bytes | Upload) -> bytes:
    length = len(body) if isinstance(body, bytes) else body.length
    return b"Transfer-Encoding: chunked\r\n" if length is None else b"Content-Length: %d\r\n" % length
