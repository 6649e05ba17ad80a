"""Segment's webhook, by the running proxy: what is signed reaches the ad platform, what is not reaches nobody."""

import hashlib
import hmac
import json

from tests.integration.faults.launch import proxy, wait_until
from tests.integration.faults.shopper import ask
from tests.integration.kill_loop import RULE, a_sandbox

SECRET = b"a-secret-of-the-webhook"
PATH = "/topsort/segment/webhook"


def a_click(message_id: str, product: str) -> dict:
    return {
        "type": "track",
        "event": "Product Clicked",
        "messageId": message_id,
        "anonymousId": "shopper-1",
        "timestamp": "2026-11-22T10:00:00.000Z",
        "properties": {"product_id": product, "resolvedBidId": f"bid-{product}", "price": 1.0},
    }


def signed(of: bytes) -> list[tuple[str, str]]:
    signature = hmac.new(SECRET, of, hashlib.sha1).hexdigest()
    return [("Content-Type", "application/json"), ("X-Signature", signature)]


def as_javascript_writes_it(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).replace("1.0", "1").encode()


def test_signed_events_arrive_alone_and_as_an_array_and_forged_ones_do_not(tmp_path):
    (tmp_path / "secret").write_bytes(SECRET + b"\n")
    one, two, three, forged = (a_click(f"m{number}", f"p{number}") for number in range(1, 5))
    with (
        a_sandbox(tmp_path / "platform") as sandbox,
        proxy(
            tmp_path / "proxy",
            {"r.yaml": RULE},
            sandbox.url,
            sandbox.url,
            "--segment-secret-file",
            str(tmp_path / "secret"),
        ) as running,
    ):
        alone = as_javascript_writes_it(one)
        assert ask(running.port, PATH, "POST", signed(alone), alone).status == 200
        several = as_javascript_writes_it([two, three])
        assert ask(running.port, PATH, "POST", signed(as_javascript_writes_it(two)), several).status == 200
        unsigned = as_javascript_writes_it(forged)
        assert ask(running.port, PATH, "POST", signed(alone), unsigned).status == 401
        wait_until(lambda: sandbox.get("events/count")["unique"] >= 3, what="three clicks")
        assert {event["id"] for event in sandbox.get("events?limit=9")["events"]} == {"m1", "m2", "m3"}
        assert SECRET.decode() not in running.log()
