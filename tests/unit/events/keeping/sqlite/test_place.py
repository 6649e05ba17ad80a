"""The files in the data folder are their owner's alone."""

import os
import stat

import pytest

from proxy.events.keeping.sqlite.place import Place, make_private


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_the_folder_and_the_file_are_made_for_their_owner_alone(tmp_path):
    old = os.umask(0)
    try:
        place = Place(tmp_path / "deep" / "data")
        place.make()
    finally:
        os.umask(old)
    assert mode_of(place.folder) == 0o700
    assert mode_of(place.file) == 0o600
    assert place.file.read_bytes() == b""


def test_what_is_there_is_not_touched(tmp_path):
    place = Place(tmp_path)
    place.file.write_bytes(b"something")
    place.make()
    assert place.file.read_bytes() == b"something"


def test_a_damaged_file_goes_aside_with_its_log_under_a_name_with_the_date(tmp_path):
    place = Place(tmp_path)
    for _ in range(2):
        place.file.write_bytes(b"damaged")
        (tmp_path / "events.sqlite3-wal").write_bytes(b"log")
        aside = place.set_aside(1_700_000_000.0)
        assert aside.read_bytes() == b"damaged"
        assert (tmp_path / f"{aside.name}-wal").read_bytes() == b"log"
        assert not place.file.exists()
    names = [path.name for path in place.those_set_aside()]
    assert names == ["events.sqlite3.damaged-2023-11-14T22-13-20Z", "events.sqlite3.damaged-2023-11-14T22-13-20Z-2"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_makes_is_the_folders_owners(tmp_path):
    os.chown(tmp_path, 4321, 4322)
    os.close(make_private(tmp_path / "a.lock"))
    made = (tmp_path / "a.lock").stat()
    assert (made.st_uid, made.st_gid) == (4321, 4322)
