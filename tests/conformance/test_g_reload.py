"""Block G, rules: a bad edit changes nothing, a good one is picked up whole, and no request is lost over either."""

import contextlib
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import threading

import psutil
import pytest

from tests.conformance.origin import new_marker, plain
from tests.conformance.outsider import lent, outsider
from tests.conformance.running import IS_OURS, ROOT, RULES, Proxy, wait_for, write_rules
from tests.conformance.shopper import Answer, Shopper, request
from tests.conformance.stages import JSON, LATE, PAGE

pytestmark = pytest.mark.skipif(not IS_OURS, reason="only our own proxy can do this")

MIB = 1024 * 1024
_versions = itertools.count(1)


def rules_of(version: int) -> str:
    """A rule whose version can be read twice in every merged page."""
    fields = f'{{resolvedBidId: resolved_bid_id, v: "={version:06d}", w: "={version:06d}"}}'
    return RULES + f"  tag: {{fields: {fields}}}\n"


class Edited:
    """A running proxy whose rules are edited."""

    def __init__(self, proxy: Proxy, origin) -> None:
        self.proxy = proxy
        self.marker = new_marker()
        origin.on(self.marker, plain(PAGE, JSON))
        self.file = proxy.rules / "search.yaml"
        self.version = 0

    def shown(self) -> int:
        """The version that a shopper sees now; every page must be whole and of one version."""
        with Shopper(self.proxy.port) as shopper:
            answer = shopper.say(request(b"/search/" + self.marker)).hear()
        return version_in(answer) or 0

    def new_rules(self) -> str:
        self.version = next(_versions)
        return rules_of(self.version)

    def write(self, text: str | bytes) -> None:
        """As careful editors do: beside it, then renamed over it."""
        beside = self.file.with_name(".new")
        beside.write_bytes(text.encode() if isinstance(text, str) else text)
        beside.replace(self.file)

    def wait(self) -> None:
        what = f"version {self.version} in the page, from every worker"
        wait_for(lambda: self.shown() == self.version and self.all_have_it(), what, 10)

    def all_have_it(self) -> bool:
        """Whether every worker has taken the rules in force; each takes them by itself, milliseconds apart."""
        workers = json.loads(self.proxy.admin_text("/readyz"))["workers"]
        return workers["serving"] == workers["wanted"]

    def failed(self) -> float:
        return self.proxy.metric("config_reload_failed_total")

    def problems(self) -> str:
        return "\n".join(json.loads(self.proxy.admin_text("/readyz"))["problems"])


def version_in(answer: Answer) -> int | None:
    """The one version that a page was made with; None where a machine that stood still made the ads late."""
    assert answer.status == 200
    reason = b"".join(answer.all(b"sponsored-status")).partition(b";")[0]
    if reason in LATE:
        return None
    versions = set(re.findall(rb'"[vw]":\s*"(\d+)"', answer.body))
    assert len(versions) == 1, f"a page of several rule sets, or of none: {versions} {answer}"
    return int(versions.pop())


@pytest.fixture(scope="module")
def edited(origin, ads, tmp_path_factory):
    folder = tmp_path_factory.mktemp("edited")
    version = next(_versions)
    rules = write_rules(folder / "rules", rules_of(version))
    with Proxy(folder, origin.port, ads.port, "--workers", "2", rules=rules) as proxy:
        edited = Edited(proxy, origin)
        edited.version = version
        edited.wait()
        yield edited


ALIAS_BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{here}: &{here} [{','.join([f'*{before}'] * 9)}]\n" for before, here in itertools.pairwise("abcdefghi")
)
BROKEN = {
    "G01-yaml": RULES + "  tag: {fields: [\n",
    "G01-type": RULES.replace("slots: 2", "slots: two"),
    "G01-unknown": RULES.replace("slots:", "slotz:"),
    "G01-duplicate": RULES + "  layout: {place: top}\n",
    "G01-empty": "",
    "G01-10-mb": RULES + "# " + "x" * (10 * MIB) + "\n",
    "G01-alias-bomb": ALIAS_BOMB,
    "G01-not-utf-8": RULES.encode() + b"# caf\xe9\n",
    "G01-nul": RULES.encode() + b"\x00",
    "G01-deep": "[" * 50_000,
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_broken_edit_leaves_the_old_rules_in_force(edited, text):
    refused(edited, lambda: edited.write(text))


def test_G01_a_directory_leaves_the_old_rules_in_force(edited):
    def edit() -> None:
        edited.file.unlink()
        edited.file.mkdir()

    refused(edited, edit, edited.file.rmdir)


def test_G01_a_dangling_link_leaves_the_old_rules_in_force(edited):
    def edit() -> None:
        edited.file.unlink()
        edited.file.symlink_to("nowhere.yaml")

    refused(edited, edit, edited.file.unlink)


def refused(edited: Edited, edit, undo=lambda: None) -> None:
    """The edit is refused with its file and counted; the pages never notice; a good edit then heals it."""
    before = edited.failed()
    edit()
    with Traffic(edited) as traffic:
        wait_for(lambda: edited.failed() > before, "the refusal in the metrics")
    traffic.all_were({edited.version})
    assert "search.yaml" in edited.problems()
    undo()
    edited.write(edited.new_rules())
    edited.wait()
    assert not edited.problems()


def test_G01_the_line_is_named(edited):
    before = edited.failed()
    edited.write(RULES.replace("slots:", "slotz:"))
    wait_for(lambda: edited.failed() == before + 1, "the refusal in the metrics")
    assert re.search(r"search\.yaml:4\b.*slotz", edited.problems())
    assert "search.yaml:4" in edited.proxy.output()
    edited.write(edited.new_rules())
    edited.wait()


class Traffic:
    """Shoppers who ask all the time while the block runs, each over a connection of its own."""

    def __init__(self, edited: Edited, shoppers: int = 2) -> None:
        self.edited = edited
        self.seen: set[int] = set()
        self.asked = 0
        self.problems: list[str] = []
        self._done = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(shoppers)]

    def _ask(self) -> None:
        with Shopper(self.edited.proxy.port) as shopper:
            while not self._done.is_set():
                try:
                    answer = shopper.say(request(b"/search/" + self.edited.marker)).hear()
                    self.seen |= {version_in(answer)} - {None}
                    self.asked += 1
                except (AssertionError, OSError) as problem:
                    self.problems.append(repr(problem))
                    return

    def __enter__(self) -> "Traffic":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()

    def all_were(self, versions: set[int]) -> None:
        assert not self.problems
        assert self.asked
        assert self.seen <= versions


def in_two_steps(edited: Edited, text: str) -> None:
    with edited.file.open("w") as file:
        file.write(text[: len(text) // 2])
        file.flush()
        os.fsync(file.fileno())
        file.write(text[len(text) // 2 :])


def with_the_old_time(edited: Edited, text: str) -> None:
    before = edited.file.stat()
    edited.file.write_text(text)
    os.utime(edited.file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert edited.file.stat().st_size == before.st_size


EDITS = {"G02-rename": Edited.write, "G02-two-steps": in_two_steps, "G02-mtime": with_the_old_time}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edit_is_picked_up_however_it_is_made(edited, edit):
    before = edited.version
    with Traffic(edited) as traffic:
        edit(edited, edited.new_rules())
        edited.wait()
    traffic.all_were({before, edited.version})


def test_G02_the_link_that_kubernetes_swaps_is_followed(origin, ads, tmp_path):
    rules, version = tmp_path / "rules", next(_versions)
    write_rules(rules / "..2026_01", rules_of(version))
    (rules / "..data").symlink_to("..2026_01")
    (rules / "search.yaml").symlink_to("..data/search.yaml")
    with Proxy(tmp_path, origin.port, ads.port, rules=rules) as proxy:
        edited = Edited(proxy, origin)
        assert edited.shown() == version
        write_rules(rules / "..2026_02", edited.new_rules())
        (rules / "..data_tmp").symlink_to("..2026_02")
        with Traffic(edited) as traffic:
            (rules / "..data_tmp").replace(rules / "..data")
            shutil.rmtree(rules / "..2026_01")
            edited.wait()
        traffic.all_were({version, edited.version})
        assert edited.failed() == 0


def storm(edited: Edited, reloads: int) -> None:
    """Reload after reload under traffic: nothing lost, nothing left behind."""
    for _ in range(3):
        edited.write(edited.new_rules())
        edited.wait()
    descriptors, memory, threads = resources(edited.proxy)
    first = edited.version
    with Traffic(edited) as traffic:
        for _ in range(reloads):
            edited.write(edited.new_rules())
            edited.wait()
    traffic.all_were(set(range(first, edited.version + 1)))
    after = resources(edited.proxy)
    assert after[1] - memory < 5 * MIB
    assert after[0] <= descriptors + 8  # idle connections to the marketplace may come and go
    assert after[2] <= threads + 2


def resources(proxy: Proxy) -> tuple[int, int, int]:
    """Descriptors, memory and threads of all processes."""
    descriptors = threads = 0
    for process in proxy.processes():
        with contextlib.suppress(psutil.NoSuchProcess):
            descriptors += process.num_fds()
            threads += process.num_threads()
    return descriptors, proxy.rss(), threads


def test_G03_a_few_reloads_under_traffic(edited):
    storm(edited, 10)


@pytest.mark.long
def test_G03_a_thousand_reloads_under_traffic(edited):
    storm(edited, 1000)


def test_G04_a_broken_start_runs_on_the_last_good_rules(origin, ads, tmp_path):
    version = next(_versions)
    rules = write_rules(tmp_path / "rules", rules_of(version))
    with Proxy(tmp_path, origin.port, ads.port, rules=rules) as proxy:
        assert Edited(proxy, origin).shown() == version
    write_rules(rules, RULES.replace("slots:", "slotz:"))
    with Proxy(tmp_path, origin.port, ads.port, rules=rules) as proxy:
        edited = Edited(proxy, origin)
        assert edited.shown() == version
        assert "slotz" in edited.problems()
        assert "slotz" in proxy.output()


def test_G04_a_broken_start_without_last_good_rules_names_every_problem(origin, ads, tmp_path):
    rules = write_rules(tmp_path / "rules", RULES.replace("slots:", "slotz:").replace("place: top", "place: nowhere"))
    write_rules(rules, RULES.replace("search\n", "other\n").replace("$.items", "$..items"), "other.yaml")
    proxy = Proxy(tmp_path, origin.port, ads.port, rules=rules)
    proxy.begin()
    assert proxy.process.wait(30) == 1
    for word in ("slotz", "nowhere", "other.yaml", "$..items"):
        assert word in proxy.output(), word


def checked(folder) -> tuple[int, list[dict]]:
    command = [sys.executable, "-m", "proxy", "check", str(folder), "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    return done.returncode, json.loads(done.stdout)


NUMBERS = {
    "G05-no": "no",
    "G05-octal": "010",
    "G05-sexagesimal": "12:30:45",
    "G05-underscore": "1_000",
    "G05-float": "2.0",
}


@pytest.mark.parametrize("written", NUMBERS.values(), ids=NUMBERS)
def test_a_yaml_trap_in_a_number_is_an_error(tmp_path, written):
    code, problems = checked(write_rules(tmp_path, RULES.replace("slots: 2", f"slots: {written}")))
    assert code == 1
    assert [problem for problem in problems if problem["severity"] == "error" and problem["line"] == 4], problems


@pytest.mark.parametrize(
    "written", ["no", "010", "12:30:45", "1_000", "on", "~"], ids=lambda written: f"G05-text-{written}"
)
def test_a_yaml_trap_in_a_text_is_the_text(origin, ads, edited, tmp_path, written):
    """Where text is expected, what was written is the text; only null is null."""
    text = RULES.replace("match: {", f"match: {{query: {{x: {written}}}, ")
    code, problems = checked(write_rules(tmp_path, text))
    if written == "~":
        assert code == 1
        return
    assert (code, problems) == (0, [])


def test_G05_text_that_looks_like_something_else_matches_as_text(origin, ads, tmp_path):
    rules = write_rules(tmp_path / "rules", RULES.replace("match: {", "match: {query: {x: no, y: 010, z: 12:30:45}, "))
    marker = new_marker()
    origin.on(marker, plain(PAGE, JSON))
    with Proxy(tmp_path, origin.port, ads.port, rules=rules) as proxy, Shopper(proxy.port) as shopper:
        for query, merged in ((b"x=no&y=010&z=12:30:45", True), (b"x=False&y=8&z=45045", False)):
            answer = shopper.say(request(b"/search/" + marker + b"?" + query)).hear()
            assert (b"resolvedBidId" in answer.body) == merged


def test_G01_rules_without_permission_leave_the_old_rules_in_force(origin, ads):
    """As root every file can be read; so the proxy runs as nobody in particular."""
    with lent() as folder:
        version = next(_versions)
        rules = write_rules(folder / "rules", rules_of(version))
        with Proxy(folder, origin.port, ads.port, rules=rules, prefix=outsider(folder)) as proxy:
            edited = Edited(proxy, origin)
            edited.version = version
            edited.wait()
            refused(edited, lambda: edited.file.chmod(0))
