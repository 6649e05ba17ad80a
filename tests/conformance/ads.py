"""An ad platform that answers at once: the third and the fifth product win.

It speaks `POST /v2/auctions` and nothing else. Where a listing is shorter, its
last product wins. `calls` keeps what it was asked and under which key.
"""

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Call:
    """One call as it came."""

    path: str
    key: str | None
    headers: tuple[tuple[str, str], ...]
    body: dict[str, object]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512  # the default of 5 drops connections, and each costs a second


class AdPlatform:
    """The server. `port` is where it listens, `calls` what it heard."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.server = Server(("127.0.0.1", 0), _handler(self))
        self.port: int = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def winners_of(ids: list[str]) -> list[dict[str, object]]:
    """The third and the fifth, or the last."""
    chosen = [ids[place] for place in (2, 4) if place < len(ids)] or ids[-1:]
    return [
        {"rank": rank, "type": "product", "id": each, "resolvedBidId": f"bid-{each}", "campaignId": "c1"}
        for rank, each in enumerate(chosen, 1)
    ]


def _result(auction: dict) -> dict[str, object]:
    ids = (auction.get("products") or {}).get("ids") or []
    return {"resultType": auction.get("type"), "winners": winners_of(ids), "error": False}


def _handler(platform: AdPlatform) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            platform.calls.append(Call(self.path, self.headers["Authorization"], tuple(self.headers.items()), body))
            if self.path != "/v2/auctions":
                self._answer(404, {"errCode": "not_found", "message": "no such path", "docUrl": ""})
                return
            self._answer(201, {"results": [_result(auction) for auction in body["auctions"]]})

        def _answer(self, status: int, value: object) -> None:
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
