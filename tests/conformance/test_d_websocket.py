"""Row D31: a WebSocket through the proxy gives the very verdicts that it gives without.

Each case is played twice with the same raw bytes, once straight at an echo
server and once through the proxy, and both transcripts must be equal: frames,
close codes, and how the connection ended. (The Autobahn test suite itself
needs Python 2 and cannot be installed beside us; its kinds of cases are here.)
"""

import base64
import os
import socket
import struct
import threading
import zlib

import pytest
from websockets.sync.client import connect
from websockets.sync.server import serve

from tests.conformance.origin import CLOSE, plain
from tests.conformance.running import Proxy, wait_for
from tests.conformance.shopper import Shopper, ask, request

TEXT, BINARY, END, PING, PONG = 1, 2, 8, 9, 10
DEFLATE = b"permessage-deflate; server_no_context_takeover; client_no_context_takeover"


def chosen(_connection, offered) -> str | None:
    return "chat" if "chat" in offered else None


class Echo:
    """A WebSocket server that echoes, and does what some words ask for."""

    def __init__(self) -> None:
        self.ended = 0
        self.server = serve(self._handle, "127.0.0.1", 0, max_size=2**24, ping_interval=None, select_subprotocol=chosen)
        self.port: int = self.server.socket.getsockname()[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _handle(self, connection) -> None:
        try:
            for message in connection:
                if message == "close 4000":
                    connection.close(4000, "as asked")
                elif message == "bye":
                    connection.close()
                elif message == "vanish":
                    connection.socket.shutdown(socket.SHUT_RDWR)
                elif message == "ping me":
                    connection.ping("are you there").wait(5)
                    connection.send("you are")
                else:
                    connection.send(message)
        finally:
            self.ended += 1


@pytest.fixture(scope="module")
def echo():
    echo = Echo()
    yield echo
    echo.server.shutdown()


@pytest.fixture(scope="module")
def tunnel(echo, ads, tmp_path_factory):
    with Proxy(tmp_path_factory.mktemp("websocket"), echo.port, ads.port) as proxy:
        yield proxy


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0, mask: bool = True) -> bytes:
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    length, flag = len(payload), 0x80 if mask else 0
    if length < 126:
        head = struct.pack("!BB", first, flag | length)
    elif length < 65536:
        head = struct.pack("!BBH", first, flag | 126, length)
    else:
        head = struct.pack("!BBQ", first, flag | 127, length)
    if not mask:
        return head + payload
    key = b"\x11\x22\x33\x44"
    whole = int.from_bytes((key * (length // 4 + 1))[:length], "big") ^ int.from_bytes(payload, "big")
    return head + key + whole.to_bytes(length, "big")


def end(code: int = 1000, reason: bytes = b"") -> bytes:
    return frame(END, struct.pack("!H", code) + reason)


# The server closes once it has answered everything before: a close frame of ours could overtake its echoes.
BYE = frame(TEXT, b"bye")


def deflated(payload: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return (packer.compress(payload) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


HALF = [frame(TEXT, b"hello")[:7]]

TALKS: dict[str, list[bytes]] = {
    "text": [frame(TEXT, b"hello"), BYE],
    "text-empty": [frame(TEXT), BYE],
    "text-utf-8": [frame(TEXT, "κόσμε 日本 🙂".encode()), BYE],
    "binary": [frame(BINARY, bytes(range(256))), BYE],
    **{f"length-{n}": [frame(BINARY, b"x" * n), BYE] for n in (125, 126, 127, 128, 65535, 65536, 65537)},
    "large-4-mib": [frame(BINARY, os.urandom(4 * 2**20)), BYE],
    "too-large": [frame(BINARY, b"x" * (2**24 + 1))],
    "many-messages": [*[frame(TEXT, b"%d" % n) for n in range(500)], BYE],
    "byte-by-byte": [*[bytes([byte]) for byte in frame(TEXT, b"slowly") + BYE]],
    "fragments": [frame(TEXT, b"he", fin=False), frame(0, b"ll", fin=False), frame(0, b"o"), BYE],
    "fragments-empty": [frame(TEXT, fin=False), frame(0, fin=False), frame(0), BYE],
    "fragments-ping-between": [frame(TEXT, b"he", fin=False), frame(PING, b"p"), frame(0, b"llo"), BYE],
    "fragments-split-utf-8": [frame(TEXT, "é".encode()[:1], fin=False), frame(0, "é".encode()[1:]), BYE],
    "ping": [frame(PING), frame(PING, b"payload"), frame(PING, b"x" * 125), BYE],
    "ping-too-long": [frame(PING, b"x" * 126)],
    "ping-fragmented": [frame(PING, b"x", fin=False), frame(0, b"y")],
    "pong-unasked": [frame(PONG, b"hello?"), frame(TEXT, b"x"), BYE],
    "close-empty": [frame(END)],
    "close-one-byte": [frame(END, b"\x03")],
    "close-reason": [end(1000, "tschüß".encode())],
    "close-reason-not-utf-8": [end(1000, b"\xff\xfe")],
    "close-reason-too-long": [end(1000, b"x" * 124)],
    "close-twice": [end(1000), end(1001)],
    "close-then-text": [end(1000), frame(TEXT, b"late")],
    **{f"close-{n}": [end(n)] for n in (1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999)},
    **{f"close-invalid-{n}": [end(n)] for n in (0, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 65535)},
    "server-closes-4000": [frame(TEXT, b"close 4000")],
    "not-utf-8": [frame(TEXT, b"\xce\xba\xff")],
    "surrogate": [frame(TEXT, b"\xed\xa0\x80")],
    **{f"opcode-{n}": [frame(n, b"x")] for n in (3, 4, 7, 11, 15)},
    **{f"rsv-{n}": [frame(TEXT, b"x", rsv=n)] for n in (1, 2, 4, 7)},
    "unmasked": [frame(TEXT, b"x", mask=False)],
    "continuation-of-nothing": [frame(0, b"x")],
    "text-within-fragments": [frame(TEXT, b"a", fin=False), frame(TEXT, b"b")],
    "length-not-minimal": [b"\x81\xfe\x00\x05\x11\x22\x33\x44" + b"\x79\x47\x5f\x28\x7e", BYE],
    "length-63-bit": [b"\x82\xff" + b"\xff" * 8 + b"\x11\x22\x33\x44"],
    "half-a-frame": HALF,
}

PACKED: dict[str, list[bytes]] = {
    "deflate-text": [frame(TEXT, deflated(b"hello hello hello"), rsv=4), BYE],
    "deflate-plain-too": [frame(TEXT, b"not packed"), BYE],
    "deflate-large": [frame(BINARY, deflated(b"x" * 2**20), rsv=4), BYE],
    "deflate-fragments": [
        frame(TEXT, deflated(b"hello")[:3], fin=False, rsv=4),
        frame(0, deflated(b"hello")[3:]),
        BYE,
    ],
    "deflate-garbage": [frame(TEXT, b"\xff\xff\xff\xff", rsv=4)],
    "deflate-rsv-in-the-middle": [frame(TEXT, b"a", fin=False), frame(0, b"b", rsv=4)],
    "deflate-ping": [frame(PING, b"x", rsv=4)],
}


def handshake(*headers: bytes) -> bytes:
    key = base64.b64encode(b"conformance-test")
    upgrade = (
        b"Connection: Upgrade",
        b"Upgrade: websocket",
        b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Key: " + key,
    )
    return request(b"/socket", *upgrade, *headers)


def says_goodbye(talk: bytes) -> bool:
    """A close frame stands at the end of what a server said."""
    opcode = None
    while len(talk) >= 2:
        opcode, length, head = talk[0] & 15, talk[1] & 127, 2
        if length >= 126:
            head = 4 if length == 126 else 10
            length = int.from_bytes(talk[2:head], "big")
        if len(talk) < head + length:
            return False
        talk = talk[head + length :]
    return opcode == END and not talk


def transcript(port: int, parts: list[bytes], *headers: bytes) -> tuple[object, bytes]:
    """What a connection said: the handshake's own headers, and every byte behind them to its end."""
    with Shopper(port) as shopper:
        shopper.say(handshake(*headers))
        answer = shopper.final_head()
        for part in parts:
            shopper.say(part)
        if parts == HALF:
            shopper.socket.shutdown(socket.SHUT_WR)
        while not says_goodbye(shopper.buffer) and shopper.more():
            pass
        shopper.say(end())
        while shopper.more():
            pass
        told = {
            name.lower(): value
            for name, value in answer.headers
            if name.lower().startswith((b"sec-websocket", b"upgrade"))
        }
        return (answer.status, told), shopper.buffer


@pytest.mark.parametrize("name", TALKS, ids=lambda name: f"D31-{name}")
def test_a_talk_goes_as_it_goes_without_us(tunnel, echo, name):
    through = transcript(tunnel.port, TALKS[name])
    assert through[0][0] == 101
    assert through == transcript(echo.port, TALKS[name])


@pytest.mark.parametrize("name", PACKED, ids=lambda name: f"D31-{name}")
def test_a_packed_talk_goes_as_it_goes_without_us(tunnel, echo, name):
    offer = b"Sec-WebSocket-Extensions: " + DEFLATE
    through = transcript(tunnel.port, PACKED[name], offer)
    assert b"permessage-deflate" in through[0][1][b"sec-websocket-extensions"]
    assert through == transcript(echo.port, PACKED[name], offer)


def test_D31_a_subprotocol_is_agreed_on(tunnel, echo):
    offer = b"Sec-WebSocket-Protocol: chat, shop"
    through = transcript(tunnel.port, [end()], offer)
    assert through[0][1][b"sec-websocket-protocol"] == b"chat"
    assert through == transcript(echo.port, [end()], offer)


def test_D31_text_binary_and_a_close_code_of_ones_own(tunnel):
    with connect(f"ws://127.0.0.1:{tunnel.port}/socket?x=%2F", max_size=2**24) as client:
        for message in ("hello", b"\x00\x01", "ü" * 70_000, os.urandom(2**20)):
            client.send(message)
            assert client.recv(10) == message
        client.send("ping me")
        assert client.recv(10) == "you are"
        client.send("close 4000")
        with pytest.raises(Exception, match="4000"):
            client.recv(10)
    assert (client.close_code, client.close_reason) == (4000, "as asked")


def test_D31_the_server_learns_that_the_client_vanished(tunnel, echo):
    before = echo.ended
    with Shopper(tunnel.port) as shopper:
        assert shopper.say(handshake()).final_head().status == 101
        shopper.say(frame(TEXT, b"x"))
        shopper.socket.recv(1)
    wait_for(lambda: echo.ended > before, "the server's end of the talk")


def test_D31_the_client_learns_that_the_server_vanished(tunnel):
    with Shopper(tunnel.port) as shopper:
        assert shopper.say(handshake()).final_head().status == 101
        shopper.say(frame(TEXT, b"vanish"))
        while shopper.more():
            pass
        assert shopper.ended


def test_D31_a_refused_upgrade_is_an_answer_like_any_other(proxy, origin, marker):
    origin.on(marker, plain(b"not for you", status=b"403 Forbidden"))
    upgrade = (b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Key: AAAA")
    answer = ask(proxy.port, b"/" + marker, *upgrade)
    assert (answer.status, answer.body) == (403, b"not for you")
    seen = origin.only(marker)
    assert seen.one(b"upgrade").lower() == b"websocket"
    assert b"upgrade" in seen.one(b"connection").lower()


def test_D31_bytes_that_come_with_the_handshake_are_not_lost(proxy, origin, marker):
    """The origin speaks in the very packet of its 101, and the shopper in that of its request."""

    def script(play):
        play.send(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nfirst words")
        heard = play.early()
        while len(heard) < 5:
            heard += play.raw().recv(100)
        play.send(b"|heard " + heard)
        return CLOSE

    origin.on(marker, script)
    upgrade = (b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Key: AAAA")
    with Shopper(proxy.port) as shopper:
        shopper.say(request(b"/" + marker, *upgrade) + b"early")
        assert shopper.final_head().status == 101
        while shopper.more():
            pass
        assert shopper.buffer == b"first words|heard early"
