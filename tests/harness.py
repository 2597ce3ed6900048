"""Runs a script bare, recorded and replayed, each in a real process, and tells what each did."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "tests" / "scripts"
TIMEOUT = 60
KEPT = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TERM", "TZ", "USER", "VIRTUAL_ENV")
"""What a run's environment takes over from the session's: no key, no server, no seed."""

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # a shell that starts a command in the background lets it, and its children, ignore ^C
    signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass
class Ran:
    """What a process did."""

    argv: list[str]
    code: int
    out: bytes
    err: bytes

    def same(self, other: Ran) -> bool:
        """Whether stdout, stderr and exit code are equal byte for byte."""
        return (self.code, self.out, self.err) == (other.code, other.out, other.err)

    def __str__(self) -> str:
        return (
            f"{self.argv}\nexit {self.code}\n--- stdout\n{self.out.decode(errors='replace')}"
            f"--- stderr\n{self.err.decode(errors='replace')}"
        )


@dataclass
class Place:
    """A folder in which scripts run: with an environment, a Python and a working directory.

    *checkout* is where the command comes from; *user* is who runs it, for root alone to choose.
    """

    folder: Path
    env: dict[str, str] = field(default_factory=dict[str, str])
    python: str = sys.executable
    checkout: Path = ROOT
    user: int | None = None

    def environment(self) -> dict[str, str]:
        """Return the environment of a run here."""
        env = {name: os.environ[name] for name in KEPT if name in os.environ}
        env["PATH"] = env.get("PATH", os.defpath)
        env.update(self.env)
        return env

    def bare(self, *argv: str, stdin: bytes = b"") -> Ran:
        """Run python itself."""
        return self._run([self.python, *argv], stdin)

    def agentrr(self, *argv: str, stdin: bytes | int = b"") -> Ran:
        """Run the command, from this checkout; *stdin* is what it is fed, or a descriptor."""
        command = str(self.checkout / "tests" / "command.py")
        return self._run([self.python, "-P", command, *argv], stdin)

    def record(self, *argv: str, to: str = "run.jsonl", stdin: bytes = b"") -> Ran:
        """Record `argv` into the file *to* of this folder, quietly."""
        return self.agentrr("run", "-q", "-o", to, *argv, stdin=stdin)

    def replay(self, run: str = "run.jsonl", *argv: str) -> Ran:
        """Replay, with agentrr's own lines left out of stderr."""
        return self.agentrr("replay", "-q", run, *argv)

    def events(self, run: str = "run.jsonl") -> list[dict[str, Any]]:
        """Return the events of a recording of this folder, as stored."""
        text = (self.folder / run).read_text(encoding="ascii")
        return [json.loads(line) for line in text.splitlines()]

    def _run(self, argv: list[str], stdin: bytes | int) -> Ran:
        given: dict[str, Any] = {"stdin": stdin} if isinstance(stdin, int) else {"input": stdin}
        if self.user is not None:
            given |= {"user": self.user, "group": self.user, "extra_groups": []}
        done = subprocess.run(
            argv,
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
            **given,
        )
        return Ran(argv, done.returncode, done.stdout, done.stderr)
