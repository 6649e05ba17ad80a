import pickle

import pytest

from proxy.server.key import Key, KeyWatch, cleaned, read_key


def test_a_key_does_not_show_itself():
    key = Key("canary")
    assert key() == "canary"
    assert "canary" not in f"{key!r} {key} {[key]}"
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(key)


@pytest.mark.parametrize("text", ["", " \n", "two words", "a\nb", "k\x00", "clé"])
def test_what_cannot_stand_in_a_header_is_no_key(text):
    with pytest.raises(ValueError, match="on one line"):
        cleaned(text)


def test_a_renewed_key_counts_from_the_next_call(tmp_path):
    file, key = tmp_path / "key", Key("old")
    file.write_text("old\n")
    watch = KeyWatch(file, key)
    assert not watch.renewed()
    file.write_text("new\n")
    assert watch.renewed()
    assert key() == "new"
    assert not watch.renewed()


@pytest.mark.parametrize(
    "spoil", [lambda file: file.unlink(), lambda file: file.write_text(""), lambda file: file.write_text("a b")]
)
def test_a_file_that_vanishes_or_is_spoilt_leaves_the_last_key_and_is_said_once(tmp_path, caplog, spoil):
    file, key = tmp_path / "key", Key("old")
    file.write_text("old")
    watch = KeyWatch(file, key)
    spoil(file)
    assert not watch.renewed()
    assert not watch.renewed()
    assert key() == "old"
    assert caplog.text.count("the last key stays in force") == 1
    file.write_text("new")
    assert watch.renewed()


def test_a_key_from_the_environment_stays():
    assert not KeyWatch(None, Key("k")).renewed()


def test_a_file_is_read_whole_or_not_at_all(tmp_path):
    (tmp_path / "key").write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError):
        read_key(tmp_path / "key")
