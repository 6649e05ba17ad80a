"""Block D, connections: who left, who closed, who never came; nothing is sent twice and nothing hangs."""

import socket
import threading

import pytest

from tests.conformance.origin import CLOSE, plain
from tests.conformance.running import Proxy, only_ours, wait_for
from tests.conformance.shopper import Shopper, ask, request

PATIENCE = 10.0


def test_D24_work_ends_when_the_shopper_leaves(proxy, origin, marker):
    left = threading.Event()
    gone = []

    def script(play):
        play.body()
        gone.append(left.wait(PATIENCE) and play.gone(5.0))
        return CLOSE

    origin.on(marker, script)
    with Shopper(proxy.port) as shopper:
        shopper.say(request(b"/" + marker))
        origin.wait(marker)
    left.set()
    wait_for(lambda: gone, "the origin looked for the end")
    assert gone == [True], "the origin's connection stayed open"


def test_D24_a_download_ends_when_the_shopper_leaves(proxy, origin, marker):
    gone = threading.Event()

    def script(play):
        try:
            play.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
            while True:
                play.send(b"x" * 1_000_000)
        except OSError:
            gone.set()
        return CLOSE

    origin.on(marker, script)
    with Shopper(proxy.port) as shopper:
        shopper.say(request(b"/" + marker)).final_head()
    assert gone.wait(PATIENCE), "the origin could send all of it"


def warm(proxy, origin) -> None:
    """Leave an idle connection in the proxy's pool."""
    assert ask(proxy.port, b"/warm").status == 200


def close_unanswered(play):
    play.body()
    return CLOSE


def test_D25_a_post_that_was_read_is_never_sent_again(proxy, origin, marker):
    warm(proxy, origin)
    origin.on(marker, close_unanswered)
    assert ask(proxy.port, b"/" + marker, method=b"POST", body=b"pay").status == 502
    assert len(origin.seen(marker)) == 1


def test_D26_a_get_that_was_read_is_sent_again_once_at_most(proxy, origin, marker):
    warm(proxy, origin)
    origin.on(marker, close_unanswered)
    assert ask(proxy.port, b"/" + marker).status == 502
    assert len(origin.seen(marker)) <= 2


@pytest.mark.parametrize("method", [b"POST", b"GET"], ids=["D27-post", "D27-get"])
def test_a_stale_connection_costs_nobody_an_answer(proxy, origin, marker, another, method):
    closed = threading.Event()

    def script(play):
        play.body()
        play.send(plain(b"first"))
        play.raw().close()
        closed.set()
        return CLOSE

    origin.on(marker, script)
    for _ in range(5):
        assert ask(proxy.port, b"/" + marker).body == b"first"
        assert closed.wait(PATIENCE)
        closed.clear()
        assert ask(proxy.port, b"/" + another, method=method, body=b"x").status == 200
    assert len(origin.seen(another)) == 5


def test_D32_an_origin_that_never_answers_is_a_504(origin, ads, marker, tmp_path):
    only_ours()

    def script(play):
        play.gone()
        return CLOSE

    origin.on(marker, script)
    with Proxy(tmp_path, origin.port, ads.port, "--upstream-timeout", "1s") as proxy:
        answer = ask(proxy.port, b"/" + marker)
        assert answer.status == 504
        assert_problem(answer, origin.port)


def test_D33_a_closed_port_is_a_fast_502(ads, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused
        port = taken.getsockname()[1]
        with Proxy(tmp_path, port, ads.port) as proxy, Shopper(proxy.port, patience=5.0) as shopper:
            answer = shopper.say(request(b"/x")).hear()
    assert answer.status == 502
    assert_problem(answer, port)


def assert_problem(answer, port: int) -> None:
    """A problem body of RFC 9457 without a detail of ours."""
    assert answer.one(b"content-type").startswith(b"application/problem+json")
    for word in (b"Traceback", b"127.0.0.1", b"%d" % port, b"Errno", b"aiohttp"):
        assert word not in answer.body


def test_D27r_posts_race_with_an_origin_that_closes(proxy, origin, marker):
    """300 POSTs; the origin closes its connection 0 to 3 ms after each answer."""
    pause = threading.Event()

    def script(play):
        play.body()
        play.send(plain(b"taken"))
        pause.wait(len(origin.seen(marker)) % 4 / 1000)
        return CLOSE

    origin.on(marker, script)
    with Shopper(proxy.port) as shopper:
        statuses = [
            shopper.say(request(b"/" + marker, b"X-Number: n%d." % number, method=b"POST", body=b"pay")).hear().status
            for number in range(300)
        ]
    assert statuses == [200] * 300
    numbers = [seen.one(b"x-number") for seen in origin.seen(marker)]
    assert sorted(numbers) == sorted(set(numbers))
    assert len(numbers) == 300
