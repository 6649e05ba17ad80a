"""Whatever is asked in whatever order: nobody gets what was made for another, and no ad is ever kept."""

import asyncio
import json
from dataclasses import dataclass
from zlib import crc32

from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.clock import ManualClock
from tests.ad_platform import AdPlatform, first_of_each
from tests.in_process import a_proxy

RULE = """
page: search
match: {path: /s}
products: {list: $.products, id: $.id}
auction: {slots: 1, timeout: 10s}
cache: {ttl: 30s, vary: [header.x-currency, cookie.region], stale_if_error: 5m}
"""
LINES = st.fixed_dictionaries(
    {},
    optional={
        "Cookie": st.sampled_from(
            ["region=de", "region=fr", "region=de; sid=1", "sid=1", "sid=2", "region=de; region=fr"]
        ),
        "Authorization": st.sampled_from(["one", "two"]),
        "X-Currency": st.sampled_from(["EUR", "USD"]),
        "Accept-Language": st.sampled_from(["de", "fr"]),
        "Cache-Control": st.sampled_from(["no-cache", "max-age=0", "no-store"]),
        "X-Forwarded-Host": st.sampled_from(["evil.example", "shop.example"]),
    },
)
CONTROLS = st.sampled_from(
    ["", "max-age=5", "max-age=60", "no-cache", "private", "no-store", "s-maxage=60", "must-revalidate", "fail"]
)


@dataclass(frozen=True)
class Step:
    lines: dict[str, str]
    control: str
    sets_cookie: bool
    tagged: bool
    wait: int


STEPS = st.lists(
    st.builds(Step, LINES, CONTROLS, st.booleans(), st.booleans(), st.sampled_from([0, 0, 3, 10, 40])),
    min_size=2,
    max_size=10,
)
# What the marketplace made a difference of; the rule names one header and one cookie, `Vary` another header.
PERSONAL = ("Cookie", "X-Currency", "Accept-Language", "X-Forwarded-Host")


def told(request: bytes) -> dict[str, str]:
    lines = [line.partition(": ") for line in request.decode().split("\r\n")[1:]]
    found = {name.title(): value for name, _, value in lines}
    host = found.get("X-Forwarded-Host")
    return {name: found.get(name, "") for name in PERSONAL} | {
        "X-Forwarded-Host": "" if host == "shop.example" else host or ""
    }


def expected(lines: dict[str, str]) -> dict[str, str]:
    host = lines.get("X-Forwarded-Host", "")
    return {name: lines.get(name, "") for name in PERSONAL} | {
        "X-Forwarded-Host": "" if host == "shop.example" else host
    }


async def played(steps: list[Step]) -> None:
    clock = ManualClock()
    now: list[Step] = []

    def marketplace(request: bytes) -> bytes:
        step = now[0]
        if step.control == "fail":
            return b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"
        key = next((line[15:].decode() for line in request.split(b"\r\n") if line.startswith(b"Authorization: ")), "")
        body = json.dumps({"products": [{"id": "p1"}, {"id": "p2"}], "for": told(request), "key": key}).encode()
        lines = [f"Cache-Control: {step.control}" if step.control else "X: y", "Vary: Accept-Language"]
        lines += ["Set-Cookie: sid=9"] if step.sets_cookie else []
        lines += [f'ETag: "{crc32(body)}"'] if step.tagged else []
        head = "".join(f"{line}\r\n" for line in ["Content-Type: application/json", *lines])
        return f"HTTP/1.1 200 OK\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    async with AdPlatform() as ads, a_proxy(marketplace, RULE, clock=clock, ads_url=ads.url) as proxy:
        ads.replies = first_of_each
        for step in steps:
            now[:] = [step]
            clock.advance(step.wait)
            asked = len(proxy.seen)
            status, head, body = await proxy.get("/s?q=x", "".join(f"{n}: {v}\r\n" for n, v in step.lines.items()))
            if status == 200:
                page = json.loads(body)
                assert page["for"] == expected(step.lines)
                if "Authorization" in step.lines and len(proxy.seen) > asked and proxy.visits[-1].cache == "miss":
                    assert page["key"] == step.lines["Authorization"]
                assert b"Set-Cookie" not in head or len(proxy.seen) > asked
            store = proxy.app._pages.store
            for kept in (each for variants in store._uris.values() for each in variants):
                assert b"resolvedBidId" not in kept.raw
                assert b"bid-" not in kept.raw
                assert not any(name.lower() == b"set-cookie" for name, _ in kept.lines)
            assert store.bytes <= 64 << 20


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_nobody_gets_anothers_answer_and_no_ad_is_kept(steps: list[Step]) -> None:
    asyncio.run(played(steps))
