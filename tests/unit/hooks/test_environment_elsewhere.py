"""What was recorded in one environment is replayed in another: the recorded one is served."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from harness import SCRIPTS, Place

KEY = "sk-proj-Zq81mNc7Ls02Kd93Vb56Tx74"
THERE = {
    "AGENT_MODE": "fast",
    "AGENT_X": "from there",
    "SUPPORT_API_KEY": KEY,
    "https_proxy": "http://me:hunter2secret@proxy.example:8080",
    "TZ": "Asia/Tokyo",
    "COLUMNS": "57",
    "LC_ALL": "C.UTF-8",
}
HERE = {"AGENT_MODE": "slow", "TZ": "America/New_York", "LC_ALL": "C", "HOME": "/nowhere"}
NAMES = ["env_reads", "env_all", "env_secret", "env_proxies"]
NAMES += ["fact_terminal", "fact_zone", "fact_locale", "fact_user", "fact_host", "fact_process"]


@pytest.mark.parametrize("name", NAMES)
def test_the_recorded_environment_is_served(name: str, tmp_path: Path) -> None:
    shutil.copy(SCRIPTS / "replayable" / f"{name}.py", tmp_path / "agent.py")
    runs = {"AGENTRR_DIR": str(tmp_path / "runs")}
    recorded = Place(tmp_path, runs | THERE).record("agent.py")
    assert recorded.code == 0, recorded
    replayed = Place(tmp_path, runs | HERE).replay("run.jsonl")
    assert replayed.same(recorded), f"{recorded}\n{replayed}"
    stored = (tmp_path / "run.jsonl").read_text(encoding="ascii")
    assert KEY not in stored
    assert "hunter2secret" not in stored


def test_a_client_is_made_from_a_proxy_whose_login_was_taken_out(tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text(
        "import urllib.request\n"
        "proxy = urllib.request.getproxies()['https']\n"
        "login, _, host = proxy.partition('@')\n"
        "print(host, len(login), proxy)\n",
        encoding="utf-8",
    )
    runs = {"AGENTRR_DIR": str(tmp_path / "runs")}
    recorded = Place(tmp_path, runs | THERE).record("agent.py")
    replayed = Place(tmp_path, runs).agentrr("replay", "run.jsonl")
    assert replayed.code == 0, f"{recorded}\n{replayed}"
    assert recorded.out.split()[:2] == replayed.out.split()[:2]
    assert b"hunter2secret" in recorded.out
    assert b"hunter2secret" not in replayed.out
    assert "hunter2secret" not in (tmp_path / "run.jsonl").read_text(encoding="ascii")


def test_one_real_key_can_be_let_through(tmp_path: Path) -> None:
    shutil.copy(SCRIPTS / "replayable" / "env_secret.py", tmp_path / "agent.py")
    runs = {"AGENTRR_DIR": str(tmp_path / "runs")}
    Place(tmp_path, runs | THERE).record("agent.py")
    live = Place(tmp_path, runs | {"SUPPORT_API_KEY": KEY})
    ran = live.agentrr("replay", "--live-env", "SUPPORT_API_KEY", "run.jsonl")
    assert ran.code == 0, ran


def test_a_thousand_reads_cost_little(tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text(
        "import os, time\n"
        "began = time.process_time_ns()\n"
        "for n in range(1300):\n"
        "    os.environ.get(f'AGENT_{n % 260}')\n"
        "print((time.process_time_ns() - began) / 1e6 < 150)\n",
        encoding="utf-8",
    )
    ran = Place(tmp_path, {"AGENTRR_DIR": str(tmp_path / "runs")}).record("agent.py")
    assert ran.out == b"True\n", ran
