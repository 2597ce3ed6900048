"""The demo: record an agent, replay it with the server stopped, edit its prompt, replay again.

Each command is printed before it runs, so that a person can go on by hand; the folder stays.
"""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agentrr_sandbox.errors import EX_DIVERGED, InternalFault, UsageError

if TYPE_CHECKING:
    from collections.abc import Generator

AGENT = os.path.join(os.path.dirname(__file__), "agent.py")
OLD, NEW = "arrived broken", "came a week late"
KEY = "sk-demo-not-a-key"
_PROVIDER = ("OPENAI_BASE_URL", "OPENAI_API_KEY")
_START_SECONDS = 10


def demo(folder: str | None = None) -> int:
    """Run the demo in *folder* (default: a new temporary one); return the exit code.

    Raises UsageError when the openai package is missing, InternalFault when a step does not end
    as it must.
    """
    began = time.monotonic()
    if importlib.util.find_spec("openai") is None:
        raise UsageError(
            "the demo's agent uses the openai package, which is not installed here",
            hint=f"{shlex.quote(sys.executable)} -m pip install openai",
        )
    place = _prepared(folder)
    stage = _Stage(place)
    stage.say("A model server starts on this machine: random answers, no key, no network.")
    with _server() as url:
        stage.say("1. The agent runs as usual, and is recorded.")
        provider = {"OPENAI_BASE_URL": f"{url}/v1", "OPENAI_API_KEY": KEY}
        stage.command("run", "agent.py", provider=provider)
    stage.say("The server is stopped.")
    stage.say("2. The recorded run again: no server, no key, the same answers, the same output.")
    stage.command("replay", "last")
    stage.say("3. What happened, one line an event.")
    stage.command("show", "last")
    stage.say(f"4. The prompt is edited in a copy: {OLD!r} becomes {NEW!r}.")
    _edited(place)
    stage.say("   Replay halts at the first place where that shows, and says what differs.")
    stage.command("replay", "last", os.path.join("edited", "agent.py"), expected=EX_DIVERGED)
    stage.say(f"Done in {time.monotonic() - began:.1f} s.  To go on by hand:")
    print(f"    cd {shlex.quote(place)}")
    if shutil.which("agentrr") is None:
        print(f"    alias agentrr={shlex.quote(_command())}")
    print("    agentrr show last N      # N: a number of the first column")
    print("    agentrr --help")
    return 0


class _Stage:
    """Where the commands run, and how they are shown."""

    def __init__(self, place: str) -> None:
        self.place = place
        kept = {k: v for k, v in os.environ.items() if k not in (*_PROVIDER, "AGENTRR_DIR")}
        self.environment = kept
        print(f"$ cd {shlex.quote(place)}")

    def say(self, text: str) -> None:
        """Print a sentence of the demo's own."""
        print(f"\n# {text}" if text[:1].strip() else f"# {text.strip()}", flush=True)

    def command(
        self, *words: str, provider: dict[str, str] | None = None, expected: int = 0
    ) -> None:
        """Print `agentrr words...`, run it, and see that it ends as *expected*."""
        shown = list(words)
        if words[0] in ("run", "replay") and not sys.stderr.isatty():
            shown.insert(1, "-v")  # without a terminal they are silent when all is well
        settings = [f"{name}={value}" for name, value in (provider or {}).items()]
        print("$ " + " ".join([*settings, "agentrr", *map(shlex.quote, shown)]), flush=True)
        code = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-P", "-m", "agentrr_sandbox", *shown],
            cwd=self.place,
            env={**self.environment, **(provider or {})},
            check=False,
        ).returncode
        if expected:
            print(f"$ echo $?\n{code}", flush=True)
        if code != expected:
            raise InternalFault(f"agentrr {' '.join(words)} exited {code}, not {expected}")


def _command() -> str:
    """Return what to type for `agentrr` where it is not on the PATH."""
    beside = os.path.join(os.path.dirname(sys.executable), "agentrr")
    return beside if os.path.exists(beside) else f"{sys.executable} -m agentrr_sandbox"


def _prepared(folder: str | None) -> str:
    if folder is None:
        place = tempfile.mkdtemp(prefix="agentrr-demo-")
    else:
        place = os.path.abspath(folder)
        if os.path.exists(place) and os.listdir(place):
            raise UsageError(f"{folder} is not empty", hint="name a new folder")
        os.makedirs(place, exist_ok=True)
    shutil.copyfile(AGENT, os.path.join(place, "agent.py"))
    return place


def _edited(place: str) -> None:
    with open(os.path.join(place, "agent.py"), encoding="utf-8") as file:
        text = file.read()
    if OLD not in text:
        raise InternalFault(f"the demo's agent does not say {OLD!r}")
    os.mkdir(os.path.join(place, "edited"))
    with open(os.path.join(place, "edited", "agent.py"), "w", encoding="utf-8") as file:
        file.write(text.replace(OLD, NEW, 1))


@contextmanager
def _server() -> Generator[str]:
    """Start the model server; give its address; stop it."""
    command = [sys.executable, "-P", "-m", "agentrr_sandbox.demo.server", "--latency", "0.4"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - as above
    try:
        url = process.stdout.readline().strip() if process.stdout is not None else ""
        if not url:
            raise InternalFault("the demo's model server did not start")
        yield url
    finally:
        process.terminate()
        try:
            process.wait(_START_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        if process.stdout is not None:
            process.stdout.close()
