"""Posting to one address of the ad platform: a body out, what its answer means back.

The only file of this wing that speaks on the wire, and the only one that holds
the key. A call is never repeated here and follows no redirect; its answer is
read to 64 KiB and never decoded. All trouble of the wire becomes a `Reply`
here: who posts sees meanings only.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from proxy import __version__
from proxy.clock import Clock
from proxy.events.delivering.answers import Answer, Meaning, NotSent, Reply, Silence, meaning_of
from proxy.topsort.bearer import Bearer
from proxy.wire.client import Client
from proxy.wire.errors import BodyTooLarge, ConnectTimeout, Refused, WireTrouble
from proxy.wire.response import Response

MOST_BYTES: Final = 64 * 1024
FIRST_BYTE: Final = 10.0
"""Seconds until the head of an answer."""
WHOLE_CALL: Final = 30.0
"""Seconds until its end."""


class Posted:
    """A call that has ended.

    Attributes:
        meaning: of its reply.
        status: of the answer; 0 where there was none.
    """

    __slots__ = ("_bearer", "_body", "meaning", "status")

    def __init__(self, meaning: Meaning, reply: Reply, bearer: Bearer | None) -> None:
        self.meaning = meaning
        self.status = reply.status if isinstance(reply, Answer) else 0
        self._body = reply.body if isinstance(reply, Answer) else b""
        self._bearer = bearer

    @property
    def json(self) -> bytes | None:
        """The answer's body as it may be handed to a browser; None where it is no JSON."""
        return self._bearer.safe_json(self._body) if self._bearer is not None else None


class Post:
    """One address.

    Args:
        client: the pool of connections to the ad platform.
        key: gives the key; read for each call, so that it can be replaced under way.
        path: where to post, below the client's origin.
        clock: the calendar, for a Retry-After that is a date.
        first_byte, whole: seconds until the head of an answer, and until its end.
    """

    def __init__(
        self,
        client: Client,
        key: Callable[[], str],
        path: str,
        clock: Clock,
        *,
        first_byte: float = FIRST_BYTE,
        whole: float = WHOLE_CALL,
    ) -> None:
        self.path = path
        self._client = client
        self._key = key
        self._clock = clock
        self._first_byte = first_byte
        self._whole = whole
        self._bearer: Bearer | None = None
        self._used: str | None = None

    @property
    def has_new_key(self) -> bool:
        """Whether the key is another one than that of the last call."""
        return self._used is not None and self._used != self._key()

    async def send(self, body: bytes) -> Posted:
        """Post `body` once. Cancelling closes the connection; the platform may have acted on it."""
        try:
            bearer = self._bearer_now()
        except ValueError as trouble:
            nothing = NotSent(str(trouble))
            return Posted(meaning_of(nothing, self._clock.wall(), str), nothing, None)
        reply = await self._exchange(bearer, body)
        return Posted(meaning_of(reply, self._clock.wall(), bearer.safe), reply, bearer)

    def _bearer_now(self) -> Bearer:
        key = self._used = self._key()
        if self._bearer is None or not self._bearer.has(key):
            origin = self._client.origin
            agent = f"sponsored-proxy/{__version__}"
            self._bearer = Bearer(key, origin.base_path + self.path, origin.authority.decode(), agent)
        return self._bearer

    async def _exchange(self, bearer: Bearer, body: bytes) -> Reply:
        try:
            async with asyncio.timeout(self._whole):
                response = await self._client.send(
                    bearer.head(len(body)),
                    method="POST",
                    body=body,
                    first_byte=self._first_byte,
                    reuse=True,  # should the connection have ended under us, we hear of it and post again
                    again=False,
                )
                return await _read(response)
        except TimeoutError:
            return Silence(sent=True, said=f"no whole answer within {self._whole:g} s")
        except (Refused, ConnectTimeout) as trouble:
            return Silence(sent=False, said=f"{type(trouble).__name__}: {trouble}")
        except WireTrouble as trouble:
            return Silence(sent=True, said=f"{type(trouble).__name__}: {trouble}")


async def _read(response: Response) -> Answer:
    try:
        body = await response.read(MOST_BYTES)
    except BodyTooLarge as too_large:
        body = too_large.prefix
    finally:
        response.abandon()
    content_type, retry_after = response.header(b"content-type"), response.header(b"retry-after")
    return Answer(response.status, body, content_type or b"", retry_after)
