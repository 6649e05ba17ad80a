"""What the head of a marketplace's answer means for whoever wants ads in it. Pure."""

from collections.abc import Callable
from urllib.parse import urljoin

from proxy.discovery.markup import looks_like_markup
from proxy.search.answer import Reply
from proxy.search.headers import every, forbids_transforming
from proxy.search.media import is_json, is_xml


def hindrance(response: Reply, body: bytes) -> str:
    """Why the proxy would merge nothing into an answer with such a head, whatever its body; "" where it would.

    Args:
        response: the head.
        body: the body, or how it begins: what it should be called.
    """
    kind = response.header(b"content-type")
    takes, right = (is_xml, "application/xml") if looks_like_markup(body) else (is_json, "application/json")
    if not takes(kind):
        said = kind.decode("latin-1") if kind else "missing"
        return f"its Content-Type is {said}, and ads are merged only into {right} in UTF-8"
    if forbids_transforming(every(response.raw_headers, b"cache-control")):
        return "its Cache-Control says `no-transform`, and that is obeyed: take it out there, if ads are wanted"
    return ""


def about_status(status: int, header: Callable[[bytes], bytes | None], url: str) -> str:
    """What a status other than 200 means for whoever wants to see products.

    Args:
        status: of the marketplace's answer.
        header: its fields.
        url: what was asked for.
    """
    if 300 <= status < 400:
        there = (header(b"location") or b"").decode("utf-8", "replace")
        return (
            f"the marketplace redirects ({status}) to {urljoin(url, there) if there else 'nowhere'}; give that address"
        )
    if status in (401, 403):
        return f"the marketplace refuses this ({status}); send what your frontend sends, with --header 'NAME: VALUE'"
    if status in (404, 405):
        hint = "give the address that your frontend calls, and what it sends: --body FILE, --header 'NAME: VALUE'"
        return f"the marketplace has nothing there ({status}); {hint}"
    if status == 429:
        later = (header(b"retry-after") or b"").decode("latin-1")
        when = f"after {later} seconds" if later.isdigit() else "later"
        return f"the marketplace was asked too often (429); try again {when}"
    if 400 <= status < 500:
        hint = "compare with what your frontend sends: --body FILE, --header 'NAME: VALUE'"
        return f"the marketplace does not understand this ({status}); {hint}"
    return f"the marketplace answered {status}, and a sample is the 200 of a search that finds products"
