"""A replay ends with its supervisor, also when that is killed and the program never crosses."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from harness import ROOT, Place

COMMAND = [sys.executable, "-P", str(ROOT / "tests" / "command.py")]
ENDLESS = """
import os, sys, time
time.time()
LOOPS = False
if LOOPS:
    {before}
    sys.stdout.write("ready\\n")
    sys.stdout.flush()
    while True:
        pass
print("ready")
"""


def gone(pid: int) -> bool:
    """Whether process *pid* has ended, at the latest after a while."""
    for _ in range(1000):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":  # nobody waits for it here
            return True
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    return False


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="says which signal")
@pytest.mark.parametrize(
    "before",
    [
        "pass",
        "os.closerange(3, 65536)",
        pytest.param(
            "os.setuid(65534)", marks=pytest.mark.skipif(os.getuid() != 0, reason="as root only")
        ),
    ],
)
def test_a_program_that_never_ends_is_not_left_behind(tmp_path: Path, before: str) -> None:
    place = Place(tmp_path)
    (tmp_path / "agent.py").write_text(ENDLESS.format(before=before))
    tmp_path.chmod(0o755)
    options: dict[str, Any] = {
        "cwd": place.folder,
        "env": place.environment(),
        "stdin": subprocess.DEVNULL,
    }
    subprocess.run(
        [*COMMAND, "run", "-q", "-o", "run.jsonl", "agent.py"],
        check=True, stdout=subprocess.DEVNULL, timeout=30, **options,
    )  # fmt: skip
    edited = (tmp_path / "agent.py").read_text().replace("LOOPS = False", "LOOPS = True")
    (tmp_path / "agent.py").write_text(edited)
    supervisor = subprocess.Popen(
        [*COMMAND, "replay", "-q", "run.jsonl", "agent.py"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True, **options,
    )  # fmt: skip
    with supervisor:
        assert supervisor.stdout is not None
        assert supervisor.stdout.readline() == b"ready\n"
        [child] = Path(f"/proc/{supervisor.pid}/task/{supervisor.pid}/children").read_text().split()
        supervisor.kill()
        supervisor.wait()
        assert gone(int(child))
