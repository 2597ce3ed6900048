"""The bundled model server as a process of its own, for tests and benchmarks."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parent.parent
KEY = "sk-test-" + "k3yV4lu3" * 5


class ModelServer:
    """A context: the server runs inside it, on a free port of the loopback."""

    def __init__(self, *, latency: float = 0.01, faults: str = "", hang: float = 3.0) -> None:
        self._argv = [
            sys.executable, "-P", "-m", "agentrr_sandbox.demo.server",
            "--latency", str(latency), "--faults", faults, "--hang", str(hang),
        ]  # fmt: skip
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def __enter__(self) -> ModelServer:
        env = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'hooks'}"}
        self._process = subprocess.Popen(
            self._argv, env=env, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        assert self.url.startswith("http://127.0.0.1:"), self.url
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def environment(self) -> dict[str, str]:
        """Return what an agent needs to find this server: addresses and keys."""
        return {
            "OPENAI_BASE_URL": f"{self.url}/v1",
            "OPENAI_API_KEY": KEY,
            "ANTHROPIC_BASE_URL": self.url,
            "ANTHROPIC_API_KEY": KEY,
            "AGENT_SERVER": self.url,
        }

    def hits(self) -> int:
        """Return how many requests came so far."""
        with urllib.request.urlopen(f"{self.url}/_hits", timeout=5) as answer:
            return int(answer.read())

    def faults(self, script: str) -> None:
        """Set a script of faults for the next model requests."""
        request = urllib.request.Request(
            f"{self.url}/_faults", data=script.encode(), method="PUT"
        )
        urllib.request.urlopen(request, timeout=5).close()
