"""Block E, limits: bombs, pages over the limit, and every JSON text that parsers disagree about."""

import gzip
import threading
import zipfile
import zlib

import brotli
import pytest

from tests.conformance.origin import new_marker
from tests.conformance.running import ROOT, Growth, only_ours
from tests.conformance.shopper import Shopper, request
from tests.conformance.stages import ENCODERS, ITEMS, JSON, PAGE, item, page, untagged

MIB = 1024 * 1024


def bomb() -> bytes:
    """About 250 kB of gzip that become 256 MB of JSON."""
    packer = zlib.compressobj(9, wbits=31)
    begin = packer.compress(PAGE[:-1] + b', "x": "')
    return begin + b"".join(packer.compress(b"A" * MIB) for _ in range(256)) + packer.compress(b'"}') + packer.flush()


def test_E18_a_bomb_passes_as_it_came(proxy, bare):
    coded = bomb()
    assert len(coded) < 300_000
    with Growth(proxy) as growth:
        played = bare.play(coded, b"Content-Encoding: gzip", ask_with=(b"Accept-Encoding: gzip",))
    assert played.is_untouched() or played.answer.status == 502
    assert growth.bytes < 50 * MIB


BOMBS = {
    "E18-deflate": (b"deflate", lambda data: zlib.compress(data, 9)),
    "E18-br": (b"br", lambda data: brotli.compress(data, quality=5)),
    "E18-zstd": (b"zstd", ENCODERS[b"zstd"]),
    "E18-gzip-members": (
        b"gzip",
        lambda data: b"".join(gzip.compress(data[i : i + MIB], 1) for i in range(0, len(data), MIB)),
    ),
}


@pytest.mark.parametrize(("coding", "pack"), BOMBS.values(), ids=BOMBS)
def test_a_bomb_of_another_coding_passes_as_it_came(proxy, bare, coding, pack):
    coded = pack(PAGE[:-1] + b', "x": "' + b"A" * (64 * MIB) + b'"}')
    with Growth(proxy) as growth:
        played = bare.play(coded, b"Content-Encoding: " + coding, ask_with=(b"Accept-Encoding: " + coding,))
    assert played.is_untouched()
    assert growth.bytes < 50 * MIB


@pytest.mark.parametrize("framing", ["E19-length", "E19-chunks"])
def test_a_page_over_the_limit_streams(proxy, origin, framing):
    """8 MB; the origin sends the rest only after the shopper has the first bytes."""
    only_ours()
    body = PAGE[:-1] + b', "x": "' + b"A" * (8 * MIB) + b'"}'
    chunks, marker, begun = framing.endswith("chunks"), new_marker(), threading.Event()
    first = 5 * MIB if chunks else 65536

    def script(play):
        frame = b"Transfer-Encoding: chunked" if chunks else b"Content-Length: %d" % len(body)
        play.send(b"HTTP/1.1 200 OK\r\n" + JSON + b"\r\n" + frame + b"\r\n\r\n")
        for piece in (body[:first], body[first:]):
            play.send(b"%x\r\n%s\r\n" % (len(piece), piece) if chunks else piece)
            assert begun.wait(15)
        play.send(b"0\r\n\r\n" if chunks else b"")

    origin.on(marker, script)
    with Growth(proxy) as growth, Shopper(proxy.port) as shopper:
        answer = shopper.say(request(b"/search/" + marker)).final_head()
        pieces = shopper.pieces(answer)
        received = [next(pieces)]
        begun.set()
        received.extend(pieces)
    assert b"".join(received) == body
    assert answer.complete
    assert growth.bytes < 16 * MIB


def test_E21_every_file_of_the_json_test_suite_comes_through(stage):
    with zipfile.ZipFile(ROOT / "tests/data/json-test-suite.zip") as suite:
        files = {name: suite.read(name) for name in suite.namelist()}
    assert len(files) == 318
    problems = []
    for name, body in files.items():
        within = [b'{"items": ' + body + b"}", page(item(1, b', "x": ' + body), *ITEMS[1:])]
        for whole in [body, *([] if stage.coding else within)]:
            played = stage.play(whole)
            if played.answer.status != 200 or not (played.is_untouched() or is_insertion(whole, played.shown)):
                problems.append(f"{name}: {played.answer}")
    stage.origin.forget()
    assert not problems, "\n".join(problems[:20])


def is_insertion(organic: bytes, merged: bytes) -> bool:
    """Nothing lost and nothing added but tags: as long without them, and of the same bytes."""
    bare = untagged(merged)
    return b"resolvedBidId" in merged and sorted(bare) == sorted(organic)
