"""A sample fetched from a live search API, as the proxy itself would fetch it.

One request, no retries, nothing followed: a redirect is told, since a rule is
for the address that answers. What comes is decoded, within a bound.
"""

from dataclasses import dataclass
from typing import Final

from proxy import __version__
from proxy.ask import Ask
from proxy.cli.asked import Request, client, media_type, site
from proxy.cli.heads import about_status, hindrance
from proxy.discovery.lines import one_line
from proxy.discovery.sample import LARGEST
from proxy.errors import MarketplaceTrouble, SettingsTrouble
from proxy.search import coding
from proxy.search.headers import Peer
from proxy.search.organic import content_coding
from proxy.search.upstream import Upstream
from proxy.wire.errors import BodyTooLarge, FirstByteTimeout, WireTrouble
from proxy.wire.response import Response

SECONDS: Final = 30.0
MOST_WORDS: Final = 16 * 1024
"""Bytes of an error's body that are read to be told."""
_LOCAL: Final = Peer("127.0.0.1", trusted=True, scheme=b"http")
_USUAL: Final = (
    (b"Accept", b"application/json, */*;q=0.5"),
    (b"Accept-Encoding", b"gzip, br, zstd"),
    (b"User-Agent", f"sponsored-proxy/{__version__}".encode()),
)


@dataclass(frozen=True)
class Fetched:
    """A sample.

    Attributes:
        body: without its coding.
        hindrance: what of its head keeps ads out of every such answer; "" where nothing does.
    """

    body: bytes
    hindrance: str = ""


async def fetch(request: Request) -> Fetched:
    """The answer to a request.

    Raises:
        SettingsTrouble: there is none that could be a sample: no connection, another status, too large.
    """
    marketplace = client(site(request.url), "marketplace")
    try:
        upstream = Upstream(marketplace, preserve_host=False, first_byte=SECONDS)
        response = await upstream.send(_with_usual(request.ask), _LOCAL, request.body, for_ads=True, search=True)
        return await _read(response, request)
    except (MarketplaceTrouble, WireTrouble) as trouble:
        slow = isinstance(trouble.__cause__, FirstByteTimeout)
        why = f" within {SECONDS:.0f} seconds" if slow else f": {trouble}{_tls_hint(str(trouble))}"
        raise SettingsTrouble(f"{request.url}: no answer{why}") from trouble
    finally:
        await marketplace.close()


def _tls_hint(trouble: str) -> str:
    if "WRONG_VERSION" in trouble:
        return "; is it an address with http://?"
    if "TLS: " in trouble and "certificate" in trouble:
        return "; if it is your own authority's, name its file: SSL_CERT_FILE=ca.pem sponsored-proxy ..."
    return ""


def _with_usual(ask: Ask) -> Ask:
    """The request with what every client sends, where the user did not say it."""
    own = {name.lower() for name, _ in ask.headers}
    usual = [line for line in _USUAL if line[0].lower() not in own]
    if ask.body is not None and b"content-type" not in own:
        usual.append((b"Content-Type", media_type(ask.body)))
    return Ask(ask.method, ask.target, [*ask.headers, *usual], ask.body, ask.client)


async def _read(response: Response, request: Request) -> Fetched:
    if response.status != 200:
        why = about_status(response.status, response.header, request.url)
        raise SettingsTrouble(f"{request.url}: {why}{await _its_words(response)}")
    try:
        body = coding.decode(await response.read(LARGEST), content_coding(response), LARGEST)
        return Fetched(body, hindrance(response, body))
    except (BodyTooLarge, coding.TooLarge):
        raise SettingsTrouble(
            f"{request.url}: the response is larger than {LARGEST >> 20} MiB; ask for fewer products"
        ) from None
    except coding.CodingTrouble as trouble:
        raise SettingsTrouble(f"{request.url}: {trouble}") from trouble


async def _its_words(response: Response) -> str:
    """How the marketplace itself explains its status; "" where it does not, or with a whole web page."""
    try:
        text = coding.decode(await response.read(MOST_WORDS), content_coding(response), MOST_WORDS).decode("utf-8")
    except (BodyTooLarge, WireTrouble, coding.TooLarge, coding.CodingTrouble, UnicodeDecodeError):
        response.abandon()
        return ""
    words = " ".join(text.split())
    return "" if not words or words.startswith("<") else f". It says: {one_line(words[:300])}"
