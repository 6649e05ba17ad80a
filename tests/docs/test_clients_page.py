"""docs/clients.md names every client and backend that is tried, in the version that the lock files have."""

from tests.docs.clients_page import BACKENDS, BEGIN, PAGE, READERS, SENDERS, UNDER, wanted, with_tables


def test_the_versions_are_not_stale() -> None:
    assert BEGIN in PAGE.read_text()
    assert with_tables(PAGE.read_text()) == PAGE.read_text(), "run: python -m tests.docs.clients_page"


def test_every_package_that_is_installed_for_the_tests_is_told() -> None:
    assert wanted().keys() == READERS.keys() | SENDERS.keys() | BACKENDS.keys() | UNDER.keys()
