import pytest

from proxy.sent import Sent, end_of_head


async def test_aiohttp_has_nothing_left_to_do():
    sent = Sent(204, keep_alive=True)
    await sent.prepare(None)
    await sent.write_eof()
    assert (sent.status, sent.keep_alive) == (204, True)


@pytest.mark.parametrize(
    ("keep", "modern", "end"),
    [
        (True, True, b"\r\n"),
        (False, True, b"Connection: close\r\n\r\n"),
        (True, False, b"Connection: keep-alive\r\n\r\n"),
        (False, False, b"Connection: close\r\n\r\n"),
    ],
)
def test_a_head_says_what_its_version_does_not(keep, modern, end):
    assert end_of_head(keep, modern) == end
