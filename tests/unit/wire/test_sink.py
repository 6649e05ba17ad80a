"""proxy/wire/sink.py: what this wing hands out fits what it takes."""

from proxy.wire.connection import Connection
from proxy.wire.sink import Sink, Upload
from proxy.wire.upload import Tunnel
from tests.unit.wire.scripted import Cup, Pieces
from tests.unit.wire.test_connection import Keeper


def test_a_tunnel_is_a_sink() -> None:
    sinks: list[Sink] = [Tunnel(Connection(Keeper(), 0.0)), Cup()]
    assert not any(sink.is_full() for sink in sinks)


async def test_an_upload_is_anything_with_a_length_and_pieces() -> None:
    upload: Upload = Pieces(b"a", b"b", length=2)
    assert [piece async for piece in upload] == [b"a", b"b"]
    assert upload.length == 2
