"""The file that holds our modules' code: made by a run, never believed when a source changed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from harness import ROOT

COMMAND = "import sys; sys.path[:0] = {}; from agentrr_sandbox.entry import main; main()"


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    kept = shutil.ignore_patterns("__pycache__", "demo", "cli")
    for name in ("agentrr_sandbox", "hooks"):
        shutil.copytree(ROOT / name, tmp_path / "engine" / name, ignore=kept)
    (tmp_path / "agent.py").write_text("print('ran')\n")
    return tmp_path / "engine"


def ran(engine: Path, verb: str = "run", *words: str) -> tuple[bytes, bytes]:
    here = engine.parent
    if verb == "run":
        (here / "run.jsonl").unlink(missing_ok=True)
        words = ("-o", "run.jsonl", "agent.py")
    code = COMMAND.format([str(engine), str(engine / "hooks")])
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", code, verb, "-q", *words],
        cwd=here,
        env=env,
        capture_output=True,
        check=False,
    )
    return done.stdout, done.stderr


def files(engine: Path) -> dict[str, bytes]:
    found = (engine / "agentrr_sandbox" / "__pycache__").glob("*.bundle")
    return {path.name.partition(".")[0]: path.read_bytes() for path in found}


def test_bundles(engine: Path) -> None:
    assert ran(engine) == (b"ran\n", b"")
    assert ran(engine, "replay", "run.jsonl") == (b"ran\n", b"")
    whole = files(engine)
    assert set(whole) == {"run", "making", "record", "replay", "verdict", "serve"}
    assert ran(engine) == (b"ran\n", b"")
    assert ran(engine, "replay", "run.jsonl") == (b"ran\n", b"")
    assert files(engine) == whole, "nothing changed, so nothing is written"

    hook = engine / "hooks" / "agentrr_hooks" / "streams.py"
    hook.write_text(hook.read_text() + "\nsys.stderr.write('changed\\n')\n")
    assert ran(engine) == (b"ran\n", b"changed\n")
    assert ran(engine) == (b"ran\n", b"changed\n")
    changed = files(engine)
    assert changed["record"] != whole["record"]
    assert changed["making"] == whole["making"]

    (made,) = (engine / "agentrr_sandbox" / "__pycache__").glob("record.*.bundle")
    for damage in (b"", b"nonsense", whole["record"][:1000]):
        made.write_bytes(damage)
        assert ran(engine) == (b"ran\n", b"changed\n")
        assert files(engine) == changed, "a damaged one is written anew"


def test_what_a_bundle_loads_is_as_an_import_makes_it(engine: Path) -> None:
    (engine.parent / "agent.py").write_text(
        "import sys\n"
        "for name, module in sorted(sys.modules.items()):\n"
        "    if name.startswith('agentrr'):\n"
        "        hasattr(module, 'load')  # one that runs later, runs\n"
        "        spec = module.__spec__\n"
        "        print(name, spec, module.__package__, module.__file__, module.__cached__,\n"
        "              getattr(module, '__path__', None), spec.parent, spec.cached,\n"
        "              spec.submodule_search_locations, sorted(vars(module)))\n"
    )
    imported, bundled = ran(engine), ran(engine)
    assert b"agentrr_hooks.streams ModuleSpec" in imported[0]
    addresses = re.compile(rb" object at 0x[0-9a-f]+")
    assert addresses.sub(b"", bundled[0]) == addresses.sub(b"", imported[0])
    assert bundled[1] == imported[1] == b""


def test_a_fault_of_ours_runs_no_script(engine: Path) -> None:
    (engine / "agentrr_sandbox" / "lanes.py").write_text("1 / 0\n")
    out, err = ran(engine)
    assert out == b""
    assert b"ZeroDivisionError" in err
