"""What agentrr says when a replay cannot be the recorded run: four cases, each with its message.

    python examples/agents/broken_replay_cases.py

It records `tool_caller.py` in a scratch folder, against the bundled model server unless
OPENAI_BASE_URL names another, and then breaks a copy in four ways.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

AGENT = Path(__file__).with_name("tool_caller.py")
COMMAND = os.environ.get("AGENTRR_COMMAND", f"{sys.executable} -m agentrr_sandbox").split()


def agentrr(*arguments: str, folder: Path) -> int:
    print("$ agentrr", *arguments, flush=True)
    done = subprocess.run([*COMMAND, *arguments], cwd=folder, stdin=subprocess.DEVNULL)
    print(f"(exit {done.returncode})\n", flush=True)
    return done.returncode


def edited_prompt(folder: Path) -> int:
    """The prompt changed: replay shows the words."""
    agent = folder / "agent.py"
    agent.write_text(agent.read_text().replace("need a coat", "need a good coat"))
    return agentrr("replay", "run.jsonl", folder=folder)


def missing_tool(folder: Path) -> int:
    """A tool that the recorded run called is gone."""
    agent = folder / "agent.py"
    text = agent.read_text()
    text = text.replace('    schema("get_weather", city={"type": "string"}, unit=UNIT),\n', "")
    agent.write_text(text.replace('{"get_weather": get_weather, ', "{"))
    return agentrr("replay", "run.jsonl", folder=folder)


def truncated_log(folder: Path) -> int:
    """The machine died while recording: replay goes as far as the recording does."""
    run = folder / "run.jsonl"
    data = run.read_bytes()
    run.write_bytes(data[: len(data) // 2])
    return agentrr("replay", "run.jsonl", folder=folder)


def corrupt_log(folder: Path) -> int:
    """One byte in the middle is another: nothing of it is trusted."""
    run = folder / "run.jsonl"
    data = bytearray(run.read_bytes())
    data[len(data) // 2] ^= 1
    run.write_bytes(data)
    return agentrr("replay", "run.jsonl", folder=folder)


CASES = (edited_prompt, missing_tool, truncated_log, corrupt_log)


def main() -> None:
    server = None
    if "OPENAI_BASE_URL" not in os.environ:
        argv = [sys.executable, "-m", "agentrr_sandbox.demo.server"]
        server = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        os.environ["OPENAI_BASE_URL"] = server.stdout.readline().strip() + "/v1"
        os.environ["OPENAI_API_KEY"] = "none is needed"
    with tempfile.TemporaryDirectory() as scratch:
        first = Path(scratch, "recorded")
        first.mkdir()
        shutil.copy(AGENT, first / "agent.py")
        agentrr("run", "-o", "run.jsonl", "agent.py", folder=first)
        if server:
            server.terminate()
            server.wait()
        for case in CASES:
            folder = Path(scratch, case.__name__)
            shutil.copytree(first, folder)
            print(f"== {case.__name__}: {case.__doc__}", flush=True)
            case(folder)


if __name__ == "__main__":
    main()
