"""One cell of the table: a script recorded once by a tool, and replayed, and what was seen.

While it is recorded the bundled model server answers. While it is replayed the server is gone: in
its place stands a wire that answers nothing and counts who reaches for it.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Self

from rivals import Tool

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent
TIMEOUT = 60
ERROR = r"^\w+(\.\w+)+(: |$)|^\w*(Error|Exception)\b"
SAID = 150
VOLATILE = {
    r"127\.0\.0\.1:\d+": "HOST",
    r"port=\d+": "port=…",
    r"thread id \d+": "thread id …",
    r"0x[0-9a-f]{6,}": "0x…",
}
"""What is another one each time, and what the page has in its place."""
SCRIPTS = {
    "p1_draws.py": "identical",
    "p2_as_completed.py": "identical",
    "p3_threads.py": "identical",
    "p4_around.py": "identical",
    "p5_sockets.py": "identical",
    "p6_stream.py": "identical",
    "p7_gather.py": "identical",
    "p8_edited_prompt.py": "halts",
}
"""The scripts, and what a replay of each should come to."""


class Server:
    """The bundled model server, on a port of its own, as long as the `with` block."""

    def __init__(self, latency: float) -> None:
        words = [
            sys.executable,
            "-m",
            "agentrr_sandbox.demo.server",
            f"--latency={latency}",
            "--plain",
        ]
        path = os.pathsep.join([str(CHECKOUT), str(CHECKOUT / "hooks")])
        self._process = subprocess.Popen(
            words, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.communicate(timeout=10)


class Wire:
    """Listens where the server was, hangs up on whoever comes, and counts them."""

    def __init__(self, url: str) -> None:
        self.touched = 0
        self._listening = socket.create_server(("127.0.0.1", int(url.rpartition(":")[2])))
        self._thread = threading.Thread(target=self._count, daemon=True)
        self._thread.start()

    def _count(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.touched += 1
            connection.close()

    def close(self) -> None:
        """Stop listening."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()


class Ran:
    """What one command did."""

    def __init__(self, words: list[str], folder: Path, environment: dict[str, str]) -> None:
        process = subprocess.Popen(
            words,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self.hung = False
        try:
            out, err = process.communicate(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            self.hung = True
            os.killpg(process.pid, 9)
            out, err = process.communicate()
        self.code = process.returncode
        self.out = out.decode(errors="replace").splitlines()
        self.err = err.decode(errors="replace")

    def last_words(self, folder: Path, halted: str) -> str:
        """Return the line of stderr that says why it failed, with nothing of this machine in it."""
        lines = [line.strip() for line in self.err.splitlines() if line.strip(" \u2501~^")]
        for wanted in (halted or ERROR, ERROR, ""):
            told = [line for line in lines if re.search(wanted, line)]
            if told:
                break
        text = told[-1] if told else ""
        for place in (str(folder), str(CHECKOUT), os.path.expanduser("~")):
            text = text.replace(place, ".")
        for pattern, stands in VOLATILE.items():
            text = re.sub(pattern, stands, text)
        return text if len(text) <= SAID else text[:SAID].rpartition(" ")[0] + " …"


def cell(tool: Tool, python: str, script: str, folder: Path, *, replays: int) -> dict[str, Any]:
    """Record *script* with *tool*, replay it *replays* times, and return what was seen."""
    _lay_out(tool, script, folder)
    words = {
        "python": python,
        "bin": os.path.dirname(python),
        "own": str(HERE / "rivals" / tool.folder),
        "checkout": str(CHECKOUT),
        "script": script,
    }
    with Server(latency=0.06) as server:
        environment = _environment(python, folder, server.url)
        recorded = Ran([word.format(**words) for word in tool.record], folder, environment)
    seen: dict[str, Any] = {"recorded": recorded.code, "lines": len(recorded.out)}
    if recorded.code != 0 or recorded.hung:
        how = "hangs" if recorded.hung else "crashes"
        return seen | {"seen": [f"{how} while recording"], "said": recorded.last_words(folder, "")}
    notes = _notes(folder)
    _change_the_world(folder, environment)
    seen |= {"replayed": [], "seen": [], "same": [], "said": ""}
    for _ in range(replays):
        (folder / "notes.txt").write_text(notes)
        wire = Wire(server.url)
        replayed = Ran([word.format(**words) for word in tool.replay], folder, environment)
        wire.close()
        again = _notes(folder) != notes
        seen["replayed"].append(replayed.code)
        seen["same"].append(_same(recorded, replayed))
        seen["seen"].append(_judged(tool, recorded, replayed, live=wire.touched > 0, again=again))
        if replayed.code:
            seen["said"] = replayed.last_words(folder, tool.halted)
    return seen


def _judged(tool: Tool, recorded: Ran, replayed: Ran, *, live: bool, again: bool) -> str:
    noted = bool(tool.noted) and re.search(tool.noted, replayed.err) is not None
    if replayed.hung:
        return "hangs"
    if live:
        return "went live" if replayed.code else "went live, exit 0"
    if replayed.code:
        return "halts" if re.search(tool.halted, replayed.err, re.MULTILINE) else "crashes"
    if again and replayed.out == recorded.out:
        return "effect done again"
    word = "identical" if replayed.out == recorded.out else "differs, exit 0"
    return f"{word}, with a note" if noted else word


def _same(recorded: Ran, replayed: Ran) -> int:
    return sum(a == b for a, b in zip(recorded.out, replayed.out, strict=False))


def _lay_out(tool: Tool, script: str, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "papers").mkdir(parents=True)
    (folder / "papers" / "one.txt").write_text("a paper\n")
    for name in (script, "world.py", "prompts.py"):
        shutil.copy(HERE / "scripts" / name, folder)
    own = HERE / "rivals" / tool.folder
    for name in ("world.py", "entry.py"):
        if tool.folder and (own / name).exists():
            shutil.copy(own / name, folder)


def _environment(python: str, folder: Path, url: str) -> dict[str, str]:
    """What a run is given: the tool's commands first on PATH, and a home in the cell's folder."""
    kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    path = os.pathsep.join([os.path.dirname(python), os.environ.get("PATH", os.defpath)])
    return {
        **kept,
        "PATH": path,
        "HOME": str(folder),
        "CONFORMANCE_URL": url,
        "MOOD": "curious",
    }


def _change_the_world(folder: Path, environment: dict[str, str]) -> None:
    environment["MOOD"] = "tired"
    (folder / "papers" / "two.txt").write_text("another paper\n")
    prompts = folder / "prompts.py"
    prompts.write_text(prompts.read_text().replace("in French", "in German"))
    later = (
        prompts.stat().st_mtime + 10
    )  # python looks at seconds and size before it compiles again
    os.utime(prompts, (later, later))


def _notes(folder: Path) -> str:
    notes = folder / "notes.txt"
    return notes.read_text() if notes.exists() else ""
