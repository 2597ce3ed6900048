"""The bundled model server as a process of its own, for tests that run agents."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

ROOT = Path(__file__).resolve().parent.parent
OPENAI_KEY = "sk-proj-" + "Zk3vQ9xLw7Rt2BnY" * 3  # made up, and looks like one
ANTHROPIC_KEY = "sk-ant-api03-" + "hJ5mPq8sVd1FgKzX" * 3


class ModelServer:
    """A server that runs as long as its `with` block; *latency* and *hang* are in seconds;
    *steady* ones all take just *latency*."""

    def __init__(self, *, latency: float = 0.01, hang: float = 1.0, steady: bool = False) -> None:
        self._folder = TemporaryDirectory()
        self._log = Path(self._folder.name, "server.log")
        options = {"log": self._log, "latency": latency, "hang": hang}
        argv = [sys.executable, "-m", "agentrr_sandbox.demo.server"]
        argv += [f"--{name}={value}" for name, value in options.items()]
        argv += ["--steady"] * steady
        self._process = subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.communicate(timeout=10)
        self._folder.cleanup()

    def environment(self) -> dict[str, str]:
        """What an agent needs to talk to it."""
        return self.environment_of(self.url)

    @staticmethod
    def environment_of(url: str) -> dict[str, str]:
        """What an agent needs to talk to a server at *url*."""
        return {
            "OPENAI_BASE_URL": f"{url}/v1",
            "OPENAI_API_KEY": OPENAI_KEY,
            "ANTHROPIC_BASE_URL": url,
            "ANTHROPIC_API_KEY": ANTHROPIC_KEY,
            "HTTP_BASE_URL": url,
        }

    def requests(self) -> list[dict[str, Any]]:
        """Return what it was asked so far: method, path, body."""
        if not self._log.exists():
            return []
        return [json.loads(line) for line in self._log.read_text(encoding="utf-8").splitlines()]

    def hits(self) -> int:
        """Return how many requests it got."""
        return len(self.requests())

    def faults(self, *script: str) -> None:
        """Let the next requests go wrong in these ways."""
        data = json.dumps(script).encode()
        request = urllib.request.Request(f"{self.url}/_faults", data, method="PUT")
        urllib.request.urlopen(request, timeout=10).close()
