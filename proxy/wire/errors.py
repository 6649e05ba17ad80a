"""What can go wrong between us and an origin.

Every exception of sockets, TLS, name service and parsing becomes one of these
inside this wing. They do not know whether the origin is a marketplace or an ad
platform: the caller translates them once, at its own border. A detail says
what happened in a few words and never holds a byte of a request or a body.

    WireTrouble
      Refused            no connection: no address, refused, TLS not good      -> nothing was sent
      ConnectTimeout     no connection (or no free one) in time                -> nothing was sent
      NoAnswer           closed before any byte of an answer                   -> may have been acted on
      FirstByteTimeout   no whole head in time                                 -> may have been acted on
      BrokenAnswer       not HTTP, or broke off within                         -> may have been acted on
        HeadTooLarge     a head beyond our limits
      BrokenUpload       the body that was to be sent is not what was announced
"""

from proxy.errors import Trouble


class WireTrouble(Trouble):
    """The origin could not be asked, or its answer cannot be used."""


class Refused(WireTrouble):
    """No connection; the request was not sent, not even in part."""


class ConnectTimeout(WireTrouble):
    """No connection in time; the request was not sent, not even in part."""


class NoAnswer(WireTrouble):
    """The connection ended before any byte of an answer. The origin may have acted on the request."""


class FirstByteTimeout(WireTrouble):
    """The head of an answer was not there in time. The origin may have acted on the request."""


class BrokenAnswer(WireTrouble):
    """What came is not an HTTP/1 answer, or it ended (or stood still) before its end."""


class HeadTooLarge(BrokenAnswer):
    """The head of the answer is longer, or has more fields, than we take."""


class BrokenUpload(WireTrouble):
    """The body that was to be sent is shorter or longer than its announced length."""


class BodyTooLarge(Exception):
    """`Response.read` met its limit. `prefix` is what was read; `relay` goes on behind it."""

    def __init__(self, prefix: bytes) -> None:
        super().__init__("the body is longer than the limit")
        self.prefix = prefix
