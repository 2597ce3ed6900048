"""The tools of the table: where each comes from, and how its own documentation has it used.

`{python}`, `{bin}` and `{own}` stand for the tool's interpreter, the folder of its commands and its
folder of `rivals/`; `{script}` is the script. `halted` is how the tool itself says that a replay is
not what was recorded; `noted` how it says so and goes on; `not_run` is why there is nothing to put
into a cell.
"""

from __future__ import annotations

from dataclasses import dataclass

HOST = ("{python}", "{own}/host.py")


@dataclass(frozen=True)
class Tool:
    """One tool: `package` is its name on the registry, "" for this checkout."""

    name: str
    package: str
    used: str
    record: tuple[str, ...] = ()
    replay: tuple[str, ...] = ()
    halted: str = ""
    folder: str = ""
    noted: str = ""
    pythons: tuple[str, ...] = ("3.12", "3.11", "3.13")
    beside: tuple[str, ...] = ("httpx",)
    not_run: str = ""


OURS = Tool(
    name="agentrr (this checkout)",
    package="",
    used="`agentrr run -o run.jsonl SCRIPT`, then `agentrr replay run.jsonl`; nothing is wired",
    record=("{python}", "-P", "{checkout}/tests/command.py", "run", "-o", "run.jsonl", "{script}"),
    replay=("{python}", "-P", "{checkout}/tests/command.py", "replay", "run.jsonl"),
    halted=r"^agentrr: replay (diverged|stopped)",
)
RIVALS = (
    Tool(
        name="retracesoftware",
        package="retracesoftware",
        used="`retracepython --recording run.retrace SCRIPT`, then `replay --extract` and `replay` "
        "on the process's file (`replay.py`); nothing is wired",
        record=("{bin}/retracepython", "--recording", "run.retrace", "{script}"),
        replay=("{python}", "{own}/replay.py"),
        halted=r"Checkpoint difference|was expecting",
        folder="retracesoftware",
        pythons=("3.12", "3.11"),
    ),
    Tool(
        name="reeltime",
        package="reeltime",
        used="`tape run python SCRIPT`, then `tape replay`; nothing is wired",
        record=("{bin}/tape", "run", "python", "{script}"),
        replay=("{bin}/tape", "replay"),
        halted=r"errors\.TapeMiss",
        noted=r"drifted content",
    ),
    Tool(
        name="reeltime, strict",
        package="reeltime",
        used="`tape run python SCRIPT`, then `tape replay --strict`; nothing is wired",
        record=("{bin}/tape", "run", "python", "{script}"),
        replay=("{bin}/tape", "replay", "--strict"),
        halted=r"errors\.TapeMiss",
        noted=r"drifted content",
    ),
    Tool(
        name="vcrpy",
        package="vcrpy",
        used="the script under `use_cassette`, requests matched with their bodies (`host.py`)",
        record=(*HOST, "record", "{script}"),
        replay=(*HOST, "replay", "{script}"),
        halted=r"CannotOverwriteExistingRequestException|no recorded interaction",
        folder="vcrpy",
    ),
    Tool(
        name="retrace-ai",
        package="retrace-ai",
        used="the script in `with retrace.record(...)` and `retrace.replay(...)` (`host.py`)",
        record=(*HOST, "record", "{script}"),
        replay=(*HOST, "replay", "{script}"),
        halted=r"Retrace(MissLookup|Exhausted|EgressBlocked|Error)",
        folder="retrace_ai",
        pythons=("3.13",),
    ),
    Tool(
        name="kinescope",
        package="kinescope",
        used="the script in a session, its clients made by kinescope (`host.py`, `world.py`); "
        "a replay ends with `assert not session.divergences`",
        record=(*HOST, "record", "{script}"),
        replay=(*HOST, "replay", "{script}"),
        halted=r"DivergenceError|assert not session\.divergences",
        folder="kinescope",
    ),
    Tool(
        name="timetracer",
        package="timetracer",
        used="a session and the httpx plugin, set up as its pytest plugin does (`host.py`); "
        "it is made for web services",
        record=(*HOST, "record", "{script}"),
        replay=(*HOST, "replay", "{script}"),
        halted=r"ReplayMismatchError",
        folder="timetracer",
    ),
    Tool(
        name="agentrr (on the registry)",
        package="agentrr",
        used="the script as an entry point, the openai client wrapped (`host.py`, `world.py`); "
        "its README names concurrency and streams as out of scope",
        record=(*HOST, "record", "{script}"),
        replay=(*HOST, "replay", "{script}"),
        halted=r"DivergenceError|LogExhaustedError",
        folder="agentrr_upstream",
        beside=("httpx", "openai"),
    ),
    Tool(
        name="capsule-trace",
        package="capsule-trace",
        used="the script under `@capsule_trace.trace`, model calls by openai's SDK, and run again "
        "in its `replay_scope` (`host.py`, `world.py`): its own `replay` runs no program",
        record=(*HOST, "record", "{script}"),
        replay=(*HOST, "replay", "{script}"),
        halted=r"CassetteMissError",
        folder="capsule_trace",
        beside=("httpx", "openai"),
    ),
    Tool(
        name="llmreplay",
        package="llmreplay",
        used="",
        not_run="its `replay()` reads a recorded session; it has no way to run a program again",
    ),
    Tool(
        name="ai-agent-vcr",
        package="ai-agent-vcr",
        used="",
        not_run="it stores what the program hands it step by step, and runs no program again",
    ),
)
