"""Functions found at work are told as parts of a page's way."""

import pytest

from benchmarks.parts import _SENDS, OTHERS, PARTS, SENDING, most, part_of, shares
from benchmarks.running import ROOT

WORK = [
    ("/home/me/proxy/wire/client.py", "Client.send_now", 3),
    ("/home/me/proxy/wire/head.py", "read_head", 1),
    ("/lib/python3/site-packages/aiohttp/web_protocol.py", "RequestHandler.data_received", 4),
    ("/lib/python3/asyncio/runners.py", "Runner.run", 2),
]


@pytest.mark.parametrize(
    ("file", "function", "part"),
    [
        ("/x/proxy/wire/client.py", "Client.send_now", SENDING),
        ("/x/proxy/wire/client.py", "Client.send", "both connections behind (wire)"),
        ("/x/proxy/search/lossless/names.py", "Names.decode", "the listing read, merged and tagged"),
        ("/x/proxy/search/page.py", "Corridor.view", "the request, its rule, headers, the corridor"),
        ("/x/proxy/topsort/v2.py", "read_answer", "the auction"),
        ("/lib/asyncio/runners.py", "Runner.run", OTHERS),
    ],
)
def test_a_function_belongs_to_a_part(file, function, part):
    assert part_of(file, function) == part


def test_shares_of_all_parts_are_the_whole():
    found = shares(WORK)
    assert found.keys() == {SENDING, *PARTS, OTHERS}
    assert sum(found.values()) == pytest.approx(1)
    assert (found[SENDING], found[OTHERS]) == (0.3, 0.2)
    with pytest.raises(ValueError, match="nothing was found"):
        shares([])


def test_the_busiest_functions_come_first():
    assert most(WORK, 2) == [
        ("aiohttp/web_protocol.py RequestHandler.data_received", 0.4),
        ("wire/client.py Client.send_now", 0.3),
    ]


def test_every_mark_names_what_there_is():
    marks = [mark for part in PARTS.values() for mark in part if mark.startswith("proxy/")]
    assert [mark for mark in marks if not (ROOT / mark).exists()] == []


def test_who_gives_bytes_to_the_system_is_there_and_writes():
    for file, function in _SENDS:
        _, found, code = (ROOT / file).read_text().partition(f"def {function.rpartition('.')[2]}(")
        assert found, f"{file} has no {function}"
        assert ".write(" in code.partition("def ")[0], f"{function} writes nothing"
