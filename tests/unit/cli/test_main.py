import subprocess
import sys
import types
from pathlib import Path

import pytest

from proxy import __version__
from proxy.cli import main as cli
from proxy.errors import SettingsTrouble


def a_command(monkeypatch, run):
    """Put a command under the name of `check` for this test."""
    module = types.ModuleType("proxy.cli.check")
    module.add_parser = lambda subparsers: subparsers.add_parser("check").add_argument("folder", nargs="?")
    module.run = run
    monkeypatch.setitem(sys.modules, "proxy.cli.check", module)


def test_without_a_command_it_says_which_there_are(capsys):
    assert cli.main([]) == 2
    shown = capsys.readouterr().out
    assert all(command in shown for command in cli.COMMANDS)


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(["--version"])
    assert end.value.code == 0
    assert __version__ in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("srve", "there is no command 'srve'; did you mean `serve`?"),
        ("Explian", "there is no command 'Explian'; did you mean `explain`?"),
        ("xyz", "there is no command 'xyz'; there are serve, demo, check"),
        ("a\x1b[2J", "there is no command 'a\\x1b[2J'"),
    ],
)
def test_an_unknown_command_is_answered_with_the_nearest(given, told, capsys):
    assert cli.main([given, "--upstream", "x"]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("serve --rulez x", "sponsored-proxy serve: there is no flag '--rulez'; did you mean `--rules`?"),
        ("serve --rulez=x", "there is no flag '--rulez'; did you mean `--rules`?"),
        ("serve --ads-key secret", "there is no flag '--ads-key'; did you mean `--ads-key-file`?"),
        ("check --xyz", "there is no flag '--xyz'; `sponsored-proxy check --help` lists what there is"),
        ("--xyz", "sponsored-proxy: there is no flag '--xyz'; `sponsored-proxy --help` lists what there is"),
        ("check rules more", "sponsored-proxy check: 'more' is one argument too many"),
    ],
)
def test_an_argument_that_a_command_does_not_take_is_one_line_with_the_nearest(given, told, capsys):
    assert cli.main(given.split()) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n"), "secret" in err) == ("", 1, False)
    assert told in err


def test_help_shows_the_whole_way_from_an_api_to_ads(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    shown = capsys.readouterr().out
    assert shown.index("sponsored-proxy demo") < shown.index("init '") < shown.index("sandbox --any")
    assert max(map(len, shown.splitlines())) <= 100


def test_a_commands_arguments_and_exit_code_are_its_own(monkeypatch):
    a_command(monkeypatch, lambda args: 3 if args.folder == "rules" else 0)
    assert cli.main(["check", "rules"]) == 3
    assert cli.main(["check"]) == 0


def test_a_trouble_is_told_without_a_traceback(monkeypatch, capsys):
    def run(args):
        raise SettingsTrouble("--drain 3: not a duration\n--listen: no")

    a_command(monkeypatch, run)
    assert cli.main(["check"]) == 1
    told = capsys.readouterr().err
    assert "--drain 3: not a duration" in told
    assert "Traceback" not in told


def test_one_command_does_not_load_the_others(monkeypatch):
    a_command(monkeypatch, lambda args: 0)
    for name in list(sys.modules):
        if name in ("proxy.cli.serve", "proxy.cli.sandbox", "proxy.cli.demo"):
            monkeypatch.delitem(sys.modules, name)
    cli.main(["check"])
    assert "proxy.cli.serve" not in sys.modules
    assert "proxy.cli.sandbox" not in sys.modules


def test_ctrl_c_is_no_crash(monkeypatch):
    def run(args):
        raise KeyboardInterrupt

    a_command(monkeypatch, run)
    assert cli.main(["check"]) == 130


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full here")
def test_an_output_that_finds_no_room_is_told_without_a_traceback():
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-m", "proxy", "schema"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert done.stderr == (
        "sponsored-proxy schema: No space left on device: what was written is not whole; write it where there is room\n"
    )
