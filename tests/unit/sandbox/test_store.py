import sqlite3
from pathlib import Path

import pytest

from proxy.sandbox.budget import Spent
from proxy.sandbox.store import Store

DAY = 86_400.0
TODAY = 1_700_006_400.0


def test_what_was_spent_is_counted_in_all_and_by_day(tmp_path: Path):
    store = Store(tmp_path)
    store.charge("c", 5, TODAY)
    store.charge("c", 7, TODAY + 10)
    store.charge("c", 11, TODAY + DAY)
    store.charge("d", 13, TODAY)
    assert store.spent("c", TODAY) == Spent(23, 12)
    assert store.spent("c", TODAY + DAY) == Spent(23, 11)
    assert store.spent("nobody", TODAY) == Spent(0, 0)
    store.close()


def test_a_restart_forgets_nothing(tmp_path: Path):
    first = Store(tmp_path / "new" / "folder")
    first.charge("c", 5, TODAY)
    first.close()
    second = Store(tmp_path / "new" / "folder")
    assert second.spent("c", TODAY) == Spent(5, 5)
    assert second.secret == first.secret
    second.close()


def test_two_platforms_have_two_secrets(tmp_path: Path):
    one, other = Store(tmp_path / "1"), Store(tmp_path / "2")
    assert one.secret != other.secret
    one.close()
    other.close()


def test_what_is_not_finished_is_not_remembered_either(tmp_path: Path):
    store = Store(tmp_path)
    store.charge("c", 5, TODAY)
    with pytest.raises(sqlite3.Error), store.transaction():
        _charge_and_fail(store)
    assert store.spent("c", TODAY) == Spent(5, 5)
    with store.transaction():
        store.charge("c", 7, TODAY)
    assert store.spent("c", TODAY) == Spent(12, 12)
    store.close()


def _charge_and_fail(store: Store) -> None:
    store.charge("c", 7, TODAY)
    store.db.execute("not SQL")
