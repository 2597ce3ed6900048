"""One tiny unmodified agent for one recorded thing: bare, recorded, replayed, and its mutants.

A script says what it needs in comments:

    # needs: server            an OPENAI_BASE_URL and ANTHROPIC_BASE_URL of the bundled model server
    # stdin: text              what it is fed
    # argv: -m pkg             how python is told to run it, if not by its name
    # bare: -c code            the same for python itself, if it knows no such way
    # file: pkg/__main__.py    the file that it is, if not `agent.py`
    # same                     its output is the same on every bare run

and what its mutants are: see `mutants`.  It is replayed twice, where it was recorded and by another
user somewhere else (see `abroad`), with the server shut and without a key: each time it must write
the same bytes and end the same way, nobody may have knocked at the server, and no file may have
changed.  `AGENTRR_MUTANTS=1` checks so many mutants of each script, not all; `AGENTRR_BARE=0`
leaves the bare runs out, which show that no two runs are the same.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from abroad import NOBODY, Abroad
from counted import Counted
from harness import SCRIPTS, Place, Ran
from held import complaints
from model_server import ModelServer
from mutants import KINDS, check, mutants, refused

MUTANTS = int(os.environ.get("AGENTRR_MUTANTS", "1000"))
BARE = int(os.environ.get("AGENTRR_BARE", "2"))
REPLAYABLE = sorted((SCRIPTS / "replayable").glob("*.py"))


@pytest.fixture(scope="module")
def server() -> Iterator[Counted]:
    with ModelServer() as running, Counted(running.url) as door:
        yield door


@pytest.fixture(scope="module")
def abroad() -> Iterator[Abroad]:
    with Abroad() as there:
        yield there


class Script:
    """A script and what its comments say."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.source = path.read_text(encoding="utf-8")
        self.file = self._directive("file") or "agent.py"
        self.argv = shlex.split(self._directive("argv") or self.file)
        self.bare = shlex.split(self._directive("bare") or "") or self.argv
        self.by_name = self.argv[0] == self.file
        self.needs = self._directive("needs")
        self.stdin = (self._directive("stdin") or "").encode().decode("unicode_escape").encode()
        self.same = "\n# same" in self.source

    def _directive(self, name: str) -> str | None:
        found = re.search(rf"^# {name}: (.*)$", self.source, re.MULTILINE)
        return found[1] if found else None

    def copied(self, folder: Path) -> None:
        """Put it, and its data if it has any, into *folder* and nothing else."""
        shutil.rmtree(folder, ignore_errors=True)
        data = self.path.with_suffix("")
        if data.is_dir():
            shutil.copytree(data, folder)
        target = folder / self.file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.path, target)


def home(parent: Path) -> dict[str, str]:
    """Return the variables of a HOME and a TMP below *parent*, which are made."""
    env = {"HOME": str(parent / "home"), "TMPDIR": str(parent / "tmp")}
    for path in env.values():
        os.mkdir(path)
    return env


def kept(folder: Path) -> dict[str, tuple[int, str]]:
    """Return what is below *folder*: of each file its time of change, and its digest."""
    return {
        str(path): (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        if path.is_file()
        else (0, "")
        for path in sorted(folder.rglob("*"))
    }


@pytest.mark.parametrize("path", REPLAYABLE, ids=lambda path: path.stem)
def test_a_replay_is_the_recorded_run(
    path: Path, tmp_path: Path, server: Counted, abroad: Abroad
) -> None:
    script = Script(path)
    place = Place(tmp_path / "here", home(tmp_path))
    away = Place(place.folder, dict(place.env))
    if script.needs == "server":
        place.env |= ModelServer.environment_of(server.url)
    recorded = record(script, place, server)
    before, connects = kept(tmp_path), server.connects
    server.open = False
    try:
        replayed = away.replay()
        assert replayed.same(recorded), f"recorded: {recorded}\nreplayed: {replayed}"
        assert kept(tmp_path) == before, "a replay touched a file"
        check_abroad(script, away, recorded, abroad)
        check_mutants(script, away)
        assert server.connects == connects, "a replay knocked at the server"
    finally:
        server.open = True


def record(script: Script, place: Place, server: Counted) -> Ran:
    """Run it bare twice, then record it: the world must have been asked each time."""
    bare: list[Ran] = []
    connects = server.connects
    for _ in range(0 if script.needs == "nothing live" else BARE):
        script.copied(place.folder)
        bare.append(place.bare(*script.bare, stdin=script.stdin))
        if script.needs == "server":
            assert server.connects > connects, "the server was not asked"
    if bare:
        assert bare[0].same(bare[1]) == script.same, f"bare twice: {bare[0]}\n{bare[1]}"
    script.copied(place.folder)
    recorded = place.record(*script.argv, stdin=script.stdin)
    assert (place.folder / "run.jsonl").exists(), recorded
    assert not complaints(place.folder / "run.jsonl")
    return recorded


def check_abroad(script: Script, here: Place, recorded: Ran, abroad: Abroad) -> None:
    """The same recording somewhere else: the same bytes, but for where things are."""
    there = abroad.place()
    script.copied(there.folder)
    shutil.copy(here.folder / "run.jsonl", there.folder)
    if (here.folder / "run.jsonl.d").is_dir():
        shutil.copytree(here.folder / "run.jsonl.d", there.folder / "run.jsonl.d")
    abroad.hand_over(there)
    before = kept(there.folder.parent)
    argv = ["run.jsonl", *([script.file] if script.by_name else [])]
    moved = abroad.replayed(there, *argv)
    assert kept(there.folder.parent) == before, "a replay touched a file"
    paths = {str(here.folder): str(there.folder)}
    paths |= {here.env[name]: there.env[name] for name in ("HOME", "TMPDIR")}
    expected = Ran(
        moved.argv,
        recorded.code,
        abroad.spelled(recorded.out, paths),
        abroad.spelled(recorded.err, paths),
    )
    assert moved.same(expected), f"expected: {expected}\nelsewhere: {moved}"


def check_mutants(script: Script, place: Place) -> None:
    """Each mutant is halted at its event."""
    events = place.events()
    for mutant in mutants(script.source)[:MUTANTS]:
        check(mutant, place, place.folder / script.file, events)


@pytest.mark.parametrize("path", REPLAYABLE, ids=lambda path: path.stem)
def test_every_script_has_a_mutant_of_each_kind(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    why = refused(source)
    for kind, reason in why.items():
        print(f"{path.stem}: nothing {kind}: {reason}")
    had = {mutant.kind for mutant in mutants(source)}
    assert had.isdisjoint(why)
    assert had | set(why) == set(KINDS), "a script without a mutant of a kind proves little"


SCRIPT = """import time

note = "unused"
print(time.time())
time.sleep(0.001)
print(time.time())
"""


@pytest.mark.parametrize(
    ("mutant", "complaint"),
    [
        ('# changed: "unused" -> "changed" @ request time.sleep', "exit 0"),
        ("# added: note = 2 @ read time.time at end", "exit 0"),
        ('# removed: note = "unused" @ output stdout', "exit 0"),
        ("# changed: 0.001 -> 0.002 @ request time.time at time.sleep", "'call': 'time.sleep'"),
        ("# changed: 0.001 -> 0.002 @ call time.sleep", "'slug': 'request'"),
        ("# changed: 0.001 -> 0.002 @ request time.sleep at reads", "'event'"),
        ("# changed: 0.001 -> 0.002 @ request time.sleep at end", "'event'"),
        ("# changed: 0.001 -> 0.002 @ request time.sleep in main/thread", "'lane': 'main'"),
        ("# changed: 0.001 -> 0.002 @ request time.sleep #2", "the recording holds 1"),
        ("# changed: 0.003 -> 0.002 @ request time.sleep", "does not hold"),
        ("# changed: time.sleep(0.001) -> time.sleep( @ request time.sleep", "SyntaxError"),
    ],
)
def test_a_mutant_that_proves_nothing_fails(tmp_path: Path, mutant: str, complaint: str) -> None:
    """Nothing recorded changed, or it is not halted at the event that it names."""
    place = Place(tmp_path, home(tmp_path))
    agent = tmp_path / "agent.py"
    agent.write_text(SCRIPT)
    place.record("agent.py")
    right = "# changed: 0.001 -> 0.002 @ request time.sleep"
    check(mutants(f"{SCRIPT}{right}\n")[0], place, agent, place.events())
    with pytest.raises(AssertionError, match=re.escape(complaint)):
        check(mutants(f"{SCRIPT}{mutant}\n")[0], place, agent, place.events())


def test_the_other_place_is_another_users_and_another_environment(abroad: Abroad) -> None:
    place = abroad.place()
    abroad.hand_over(place)
    code = "import os, sys, click; print(os.getuid(), sys.prefix, click.__file__)"
    shown = place.bare("-c", code)
    user, prefix, package = shown.out.decode().split()
    assert prefix == str(abroad.prefix) != sys.prefix
    assert package.startswith(prefix)
    if abroad.user is None:
        pytest.skip("another user: only root can run as one, from a folder that all may enter")
    assert int(user) == NOBODY != os.getuid()


def test_ran_shows_what_it_is() -> None:
    assert "exit 3" in str(Ran(["a"], 3, b"out", b"err"))
