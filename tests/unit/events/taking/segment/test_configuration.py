"""The three files: what is wrong with them, and that they are read again."""

from proxy.clock import ManualClock
from proxy.events.taking.segment.configuration import Configuration, problems_of
from proxy.events.taking.segment.names import Action, Names


def test_what_is_wrong_with_each_file_is_said_with_its_setting_and_nothing_of_a_secret(tmp_path):
    (tmp_path / "keys").write_text("canary one\n")
    (tmp_path / "secret").write_text("canary\ncanary")
    (tmp_path / "mapping.yaml").write_text("tracks: {}\npages: x\n")
    problems = "\n".join(problems_of(tmp_path / "keys", tmp_path / "secret", tmp_path / "mapping.yaml"))
    assert "canary" not in problems
    for said in ("--segment-write-key-file", "line 1", "--segment-secret-file", "mapping.yaml:1", "mapping.yaml:2"):
        assert said in problems
    [problem] = problems_of(tmp_path / "none", None, None)
    assert problem.endswith("cannot be read (No such file or directory)")
    assert [*problems_of(None, None, None)] == []


def test_without_a_file_the_names_are_the_seeds_and_nobody_is_let_in():
    configuration = Configuration(None, None, None, ManualClock())
    assert (configuration.write_keys, configuration.secret, configuration.names()) == (None, None, Names())


def test_a_mapping_is_read_again_and_its_warnings_are_logged(tmp_path, caplog):
    clock, file = ManualClock(), tmp_path / "mapping.yaml"
    file.write_text("track: {Seen: impression}")
    configuration = Configuration(None, None, file, clock)
    assert configuration.names() == Names({"Seen": Action.IMPRESSION})
    file.write_text("track: {Product Clicked: click, Product Added: click}")
    clock.advance(1)
    assert len(configuration.names().track) == 2
    assert "charged for twice" in caplog.text
