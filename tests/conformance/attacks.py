"""How a malformed request is put to a proxy, and what it must not do with it.

`Attack` sends the bytes, listens to the end, and then asks two questions of
the origin: did anything arrive that servers could read in two ways, and did
the request that was hidden inside arrive as a request of its own?
"""

from tests.conformance.origin import Origin, Seen, new_marker
from tests.conformance.running import Proxy
from tests.conformance.shopper import Answer, Broken, Shopper, ask, request

LAST = request(b"/the-last-one", b"Connection: close")
SILENCE = 1.0  # seconds after which a proxy that says nothing waits for more of the request


class Attack:
    """One malformed request. In the bytes, `@@` stands for its marker and `/smuggled` gets a marker of its own."""

    def __init__(self, proxy: Proxy, origin: Origin, payload: bytes) -> None:
        self.marker, self.hidden = new_marker(), new_marker()
        self.payload = payload.replace(b"@@", self.marker).replace(b"/smuggled", b"/" + self.hidden)
        self.answers: list[Answer] = []
        self.closed = False
        with Shopper(proxy.port) as shopper:
            shopper.say(self.payload)
            self._listen(shopper)
        assert ask(proxy.port, b"/" + new_marker()).status == 200, "the proxy does not serve the next shopper"
        self.arrived: list[Seen] = origin.seen(self.marker)
        self.smuggled: list[Seen] = [seen for seen in origin.seen(self.hidden) if self.hidden in seen.line]

    def _listen(self, shopper: Shopper) -> None:
        shopper.patient(SILENCE)
        try:
            self.answers.append(shopper.hear())
            if self.answers[0].status < 400:
                shopper.say(LAST)  # so that the proxy itself says when nothing more will come
            while True:
                self.answers.append(shopper.hear())
        except TimeoutError:
            return
        except Broken:
            assert not shopper.buffer, f"not an answer: {shopper.buffer[:200]!r}"
            self.closed = True

    def must_be_refused_or_clear(self, *, also: tuple[int, ...] = ()) -> None:
        """4xx or 501 and closed, or one unambiguous request at the origin; the hidden one never."""
        assert not self.smuggled, f"smuggled: {self.smuggled[0].head!r}"
        for seen in self.arrived:
            assert not seen.faults, f"{seen.faults} in {seen.head!r}"
        for answer in self.answers:
            assert answer.status < 500 or answer.status == 501 or answer.status in also, answer
        if self.answers and self.answers[0].status >= 400:
            assert self.closed, "refused, and the connection stays open"


def hidden_in_length(*headers: bytes) -> bytes:
    """For a reader of the length all of it is a body; for a reader of chunks it ends, and a request follows."""
    body = b"0\r\n\r\n" + request(b"/smuggled")
    return request(b"/@@", *headers, b"Content-Length: %d" % len(body), method=b"POST", body=body)


def hidden_in_chunk(*headers: bytes) -> bytes:
    """For a reader of chunks all of it is a body; for a reader of `Content-Length: 5` it ends, and a request follows."""
    inner = request(b"/smuggled")
    body = b"%03x\r\n" % len(inner) + inner + b"\r\n0\r\n\r\n"
    return request(b"/@@", *headers, b"Content-Length: 5", method=b"POST", body=body)


def followed(head_and_body: bytes) -> bytes:
    """A malformed request and a whole one behind it, which must never be served."""
    return head_and_body + request(b"/smuggled")


def chunked(chunks: bytes, *headers: bytes, version: bytes = b"HTTP/1.1") -> bytes:
    return request(b"/@@", b"Transfer-Encoding: chunked", *headers, method=b"POST", version=version) + chunks
