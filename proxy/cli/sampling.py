"""A sample fetched from a live search API, as the proxy itself would fetch it.

One request, no retries, nothing followed: a redirect is told, since a rule is
for the address that answers. What comes is decoded, within a bound.
"""

from typing import Final

from proxy import __version__
from proxy.ask import Ask
from proxy.cli.asked import Request, client, site
from proxy.discovery.sample import LARGEST
from proxy.errors import MarketplaceTrouble, SettingsTrouble
from proxy.search import coding
from proxy.search.headers import Peer
from proxy.search.organic import content_coding
from proxy.search.upstream import Upstream
from proxy.wire.errors import BodyTooLarge, WireTrouble
from proxy.wire.response import Response

SECONDS: Final = 30.0
_LOCAL: Final = Peer("127.0.0.1", trusted=True, scheme=b"http")
_USUAL: Final = (
    (b"Accept", b"application/json, */*;q=0.5"),
    (b"Accept-Encoding", b"gzip, br, zstd"),
    (b"User-Agent", f"sponsored-proxy/{__version__}".encode()),
)


async def fetch(request: Request) -> bytes:
    """The body of the answer to a request, without its coding.

    Raises:
        SettingsTrouble: there is none that could be a sample: no connection, another status, too large.
    """
    marketplace = client(site(request.url), "marketplace")
    try:
        upstream = Upstream(marketplace, preserve_host=False, first_byte=SECONDS)
        response = await upstream.send(_with_usual(request.ask), _LOCAL, request.body, for_ads=True, search=True)
        return await _read(response, request)
    except (MarketplaceTrouble, WireTrouble) as trouble:
        raise SettingsTrouble(f"{request.url}: no answer: {trouble}") from trouble
    finally:
        await marketplace.close()


def _with_usual(ask: Ask) -> Ask:
    """The request with what every client sends, where the user did not say it."""
    own = {name.lower() for name, _ in ask.headers}
    usual = [line for line in _USUAL if line[0].lower() not in own]
    if ask.body is not None and b"content-type" not in own:
        usual.append((b"Content-Type", b"application/json"))
    return Ask(ask.method, ask.target, [*ask.headers, *usual], ask.body, ask.client)


async def _read(response: Response, request: Request) -> bytes:
    if response.status != 200:
        why = _about(response)
        response.abandon()
        raise SettingsTrouble(f"{request.url}: {why}")
    try:
        return coding.decode(await response.read(LARGEST), content_coding(response), LARGEST)
    except (BodyTooLarge, coding.TooLarge):
        raise SettingsTrouble(
            f"{request.url}: the response is larger than {LARGEST >> 20} MiB; ask for fewer products"
        ) from None
    except coding.CodingTrouble as trouble:
        raise SettingsTrouble(f"{request.url}: {trouble}") from trouble


def _about(response: Response) -> str:
    """What a status other than 200 means for whoever wants a sample."""
    status = response.status
    if 300 <= status < 400:
        there = (response.header(b"location") or b"").decode("utf-8", "replace")
        return f"the marketplace redirects ({status}) to {there or 'nowhere'}; give that address"
    if status in (401, 403):
        return f"the marketplace refuses this ({status}); send what your frontend sends, with --header 'NAME: VALUE'"
    if status in (404, 405):
        hint = "is this the address that your frontend calls, with its method (--request 'POST URL', --body FILE)?"
        return f"the marketplace has nothing there ({status}); {hint}"
    return f"the marketplace answered {status}, and a sample is the 200 of a search that finds products"
