"""The bundled model server as a process of its own, for tests that run agents."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OPENAI_KEY = "sk-proj-" + "Zk3vQ9xLw7Rt2BnY" * 3  # made up, and looks like one
ANTHROPIC_KEY = "sk-ant-api03-" + "hJ5mPq8sVd1FgKzX" * 3


class ModelServer:
    """A running server: where it is, and what it was asked."""

    def __init__(self, url: str, log: Path) -> None:
        self.url = url
        self._log = log

    @property
    def env(self) -> dict[str, str]:
        """What an agent needs to talk to it."""
        return {
            "OPENAI_BASE_URL": f"{self.url}/v1",
            "OPENAI_API_KEY": OPENAI_KEY,
            "ANTHROPIC_BASE_URL": self.url,
            "ANTHROPIC_API_KEY": ANTHROPIC_KEY,
            "HTTP_BASE_URL": self.url,
        }

    def requests(self) -> list[dict[str, Any]]:
        """Return what it was asked so far: method, path, body."""
        if not self._log.exists():
            return []
        return [json.loads(line) for line in self._log.read_text(encoding="utf-8").splitlines()]

    def faults(self, *script: str) -> None:
        """Let the next model requests go wrong in these ways."""
        data = json.dumps(script).encode()
        request = urllib.request.Request(f"{self.url}/_faults", data, method="PUT")
        urllib.request.urlopen(request, timeout=10).close()


@contextmanager
def model_server(folder: Path, *options: str) -> Generator[ModelServer]:
    """Run a server that logs into *folder*; it is gone afterwards."""
    log = folder / "server.log"
    argv = [sys.executable, "-m", "agentrr_sandbox.demo.server", "--log", str(log), *options]
    process = subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield ModelServer(process.stdout.readline().strip(), log)
    finally:
        process.terminate()
        process.communicate(timeout=10)
