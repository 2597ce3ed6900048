"""The README's transcript: played on a terminal, compared, and written anew when asked.

python tests/cli/transcript.py      plays it and writes the README's block
"""

from __future__ import annotations

import os
import pty
import re
import struct
import subprocess
import sys
import termios
from fcntl import ioctl
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
README = ROOT / "README.md"
COLUMNS = 96
KEY = "sk-proj-" + "Zk3vQ9xLw7Rt2BnY" * 3  # made up, and looks like one


def block(kind: str) -> str:
    """Return the first fenced block of that kind in the README."""
    fence = re.compile(rf"^```{kind}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    found = fence.search(README.read_text("utf-8"))
    assert found is not None
    return found[1]


def commands(text: str) -> list[str]:
    """Return the commands of a transcript."""
    return [line[2:] for line in text.splitlines() if line.startswith("$ ")]


def masked(text: str) -> str:
    """Return *text* without what differs from run to run and from machine to machine."""
    text = re.sub(r"guard: .*", "guard", text)
    text = re.sub(r", \d+ (times faster than recorded|elastic reads? differed)", "", text)
    text = re.sub(r"\b[0-9a-f]{12}\b", "ID", text)
    return re.sub(r"\d+", "N", text)


def play(folder: Path) -> str:
    """Play the README's transcript in *folder*; return it as it comes out on a terminal."""
    (folder / "agent.py").write_text(block("python").removeprefix("# agent.py\n"))
    bin_folder = folder / "bin"
    bin_folder.mkdir()
    launcher = bin_folder / "agentrr"
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT}/tests/command.py" "$@"\n')
    launcher.chmod(0o755)
    source = os.pathsep.join([str(ROOT), str(ROOT / "hooks")])
    serve = [sys.executable, "-P", "-m", "agentrr_sandbox.demo.server"]
    server = subprocess.Popen(
        [*serve, "--seed", "7", "--latency", "1.5"],
        env={**os.environ, "PYTHONPATH": source},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    url = server.stdout.readline().strip()
    env = {
        "PATH": f"{bin_folder}:{os.environ['PATH']}",
        "HOME": os.environ.get("HOME", "/"),
        "TERM": "xterm",
        "NO_COLOR": "1",
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": f"{url}/v1",
    }
    out: list[str] = []
    try:
        for command in commands(block("console")):
            if command.startswith("unset "):
                for name in command.split()[1:]:
                    env.pop(name)
                server.terminate()
            out.append(f"$ {command}\n{_on_a_terminal(command, folder, env)}")
    finally:
        server.terminate()
        server.communicate(timeout=10)
    return "".join(out)


def _on_a_terminal(command: str, folder: Path, env: dict[str, str]) -> str:
    leader, follower = pty.openpty()
    ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
    process = subprocess.Popen(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=env,
        stdin=follower,
        stdout=follower,
        stderr=follower,
    )
    os.close(follower)
    parts: list[bytes] = []
    while True:
        try:
            data = os.read(leader, 65536)
        except OSError:  # Linux's way to say that the other side is closed
            break
        if not data:
            break
        parts.append(data)
    os.close(leader)
    process.wait(60)
    return b"".join(parts).decode().replace("\r\n", "\n")


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        played = play(Path(place))
    before = block("console")
    README.write_text(README.read_text("utf-8").replace(before, played), "utf-8")
    sys.stdout.write(played)
