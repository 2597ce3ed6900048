"""One tiny concurrent program for one recorded thing: recorded, and replayed in fresh processes.

Each is recorded `AGENTRR_RECORDINGS` times (1 unless told otherwise), each recording replayed
`AGENTRR_REPLAYS` times (3): stdout, stderr and the exit code must be those of the recorded run byte
for byte, no request may differ, and every thread and task must have gone on where it did then.  A
script says what it needs in comments:

    # needs: server            the bundled model server, named by HTTP_BASE_URL
    # needs: nest_asyncio      a package; without it the script is skipped
    # python: 3.12             the oldest Python that knows what it shows
    # stdin: text              what it is fed
    # cannot: sentence         a replay ends with 125 and says this
    # cut: sentence            why its recording ends before the run does
    # drifts: sentence         why a hand-over may come at another turn: that is counted, no more
    # known: sentence          why it does not replay exactly yet: it is skipped

With `AGENTRR_RESULTS` a mark in that folder stands for each recording whose replays all passed, and
is not made again; `AGENTRR_SHARD=1/3` takes each third script, beginning with the first.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import SCRIPTS, Place, Ran
from held import complaints
from model_server import ModelServer

RECORDINGS = int(os.environ.get("AGENTRR_RECORDINGS", "1"))
REPLAYS = int(os.environ.get("AGENTRR_REPLAYS", "3"))
RESULTS = os.environ.get("AGENTRR_RESULTS")
SHARD, SHARDS = map(int, os.environ.get("AGENTRR_SHARD", "1/1").split("/"))
CANNOT = 125

ALL = sorted((SCRIPTS / "concurrent").glob("*.py"))
MINE = ALL[SHARD - 1 :: SHARDS]


class Script:
    """A script and what its comments say."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.source = path.read_text(encoding="utf-8")
        self.needs = re.findall(r"^# needs: (.*)$", self.source, re.MULTILINE)
        self.oldest = self._directive("python") or "3.11"
        self.stdin = (self._directive("stdin") or "").encode().decode("unicode_escape").encode()
        self.cannot = self._directive("cannot")
        self.known = self._directive("known")
        self.drifts = self._directive("drifts")
        self.verdict = "faithful as far as it goes" if self._directive("cut") else "faithful"

    def _directive(self, name: str) -> str | None:
        found = re.search(rf"^# {name}: (.*)$", self.source, re.MULTILINE)
        return found[1] if found else None

    def missing(self) -> str | None:
        """Why it cannot run here, if it cannot."""
        if sys.version_info < tuple(map(int, self.oldest.split("."))):
            return f"needs Python {self.oldest}"
        for name in self.needs:
            if name != "server" and importlib.util.find_spec(name) is None:
                return f"{name} is not installed"
        return self.known and f"does not replay exactly yet: {self.known}"


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


@pytest.mark.nightly
@pytest.mark.parametrize("number", range(1, RECORDINGS + 1))
@pytest.mark.parametrize("path", MINE, ids=lambda path: path.stem)
def test_every_replay_is_the_recorded_run(
    path: Path, number: int, tmp_path: Path, server: ModelServer
) -> None:
    script = Script(path)
    if why := script.missing():
        pytest.skip(f"{path.stem}: {why}")
    mark = Path(RESULTS or tmp_path, f"{path.stem}-recording-{number}-replays-{REPLAYS}.passed")
    if mark.exists():
        pytest.skip(f"{path.stem}: passed before: {mark.name}")
    recorded, away = record(script, tmp_path, server)
    for turn in range(1, REPLAYS + 1):
        replayed = away.replay("run.jsonl", "--json", "verdict.json")
        said = json.loads((tmp_path / "verdict.json").read_text(encoding="utf-8"))
        story = f"replay {turn}\nrecorded: {recorded}\nreplayed: {replayed}\n{said}"
        if script.cannot:
            assert replayed.code == CANNOT, story
            assert script.cannot in json.dumps([said["stopped"], said["failed"]]), story
            continue
        assert replayed.same(recorded), story
        assert said["verdict"] == script.verdict, story
        assert said["drifted"] == 0 or script.drifts, story
    mark.touch()


def record(script: Script, folder: Path, server: ModelServer) -> tuple[Ran, Place]:
    """Record it; return what it did, and where it is to be replayed: without a server."""
    place = Place(folder, {"TMPDIR": str(folder)})
    away = Place(folder, dict(place.env))
    if "server" in script.needs:
        place.env |= ModelServer.environment_of(server.url)
    (folder / "agent.py").write_text(script.source, encoding="utf-8")
    recorded = place.record("agent.py", stdin=script.stdin)
    assert (folder / "run.jsonl").exists(), recorded
    assert not complaints(folder / "run.jsonl")
    return recorded, away


def test_the_set_is_whole_and_says_what_each_shows() -> None:
    assert len(ALL) >= 80
    for path in ALL:
        assert re.match(r'""".+\."""\n', path.read_text(encoding="utf-8")), path.stem
