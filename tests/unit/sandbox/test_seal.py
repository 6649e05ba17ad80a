from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.sandbox.seal import NotOurs, Seal, SealedBid

SECRET = bytes(range(32))
BID = SealedBid(b"a" * 16, b"c" * 16, "listings", "product", "p_1", "p_1", 1, 350_000, 1_700_000_000.5, "user")


def test_what_was_sealed_can_be_opened():
    assert Seal(SECRET).open(Seal(SECRET).close(BID)) == BID


def test_an_id_shows_nothing_of_what_is_in_it():
    sealed = urlsafe_b64decode(Seal(SECRET).close(BID) + "==")
    assert b"p_1" not in sealed
    assert b"user" not in sealed


def test_an_id_goes_through_urls_and_cookies_as_it_is():
    assert Seal(SECRET).close(BID).replace("-", "").replace("_", "").isalnum()


def test_two_auctions_give_two_ids():
    other = msgspec.structs.replace(BID, auction=b"b" * 16)
    assert Seal(SECRET).close(BID) != Seal(SECRET).close(other)


def test_another_secret_opens_nothing():
    with pytest.raises(NotOurs):
        Seal(b"x" * 32).open(Seal(SECRET).close(BID))


def test_no_changed_byte_is_accepted():
    sealed = urlsafe_b64decode(Seal(SECRET).close(BID) + "==")
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(NotOurs):
            Seal(SECRET).open(urlsafe_b64encode(changed).rstrip(b"=").decode())


@pytest.mark.parametrize("change", [lambda id: id[:-1], lambda id: id + "A", lambda id: id + "=", lambda id: id + "\n"])
def test_only_the_one_spelling_counts(change):
    with pytest.raises(NotOurs):
        Seal(SECRET).open(change(Seal(SECRET).close(BID)))


@given(st.text())
def test_no_text_opens(text):
    with pytest.raises(NotOurs):
        Seal(SECRET).open(text)


def test_a_short_secret_is_refused():
    with pytest.raises(ValueError, match="32"):
        Seal(b"short")
