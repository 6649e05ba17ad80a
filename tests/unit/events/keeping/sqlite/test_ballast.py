"""Room that is kept for a full disk."""

import pytest

from proxy.events.keeping.outbox import OutboxTrouble
from proxy.events.keeping.sqlite.ballast import SIZE, Ballast
from proxy.events.keeping.sqlite.place import Place


def test_it_owns_the_room_that_it_keeps_and_gives_it_back(tmp_path):
    ballast = Ballast(Place(tmp_path))
    assert not ballast.is_there()
    ballast.make()
    ballast.make()
    assert ballast.is_there()
    assert Place(tmp_path).ballast.stat().st_blocks * 512 >= SIZE
    assert ballast.has_room_beside_it()
    ballast.let_go()
    ballast.let_go()
    assert not ballast.is_there()


def test_without_a_folder_there_is_no_room(tmp_path):
    with pytest.raises(OutboxTrouble) as refused:
        Ballast(Place(tmp_path / "nowhere")).make()
    assert refused.value.why == "disk"
    assert not Ballast(Place(tmp_path / "nowhere")).has_room_beside_it()
