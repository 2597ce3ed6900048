"""Greenlets in the place of threads cannot be replayed: that is said, and nothing hangs."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import Place

REFUSED = 77

GEVENT = """
def patch_time():
    pass

def patch_all():
    patch_time()
    print("patched")
"""


@pytest.mark.parametrize(
    ("module", "source", "program", "call"),
    [
        ("gevent/monkey.py", GEVENT, "from gevent import monkey; monkey.patch_all()", "patch_all"),
        ("gevent/monkey.py", GEVENT, "import gevent.monkey as m; m.patch_time()", "patch_time"),
        (
            "eventlet/patcher.py",
            "def monkey_patch():\n    print('patched')\n",
            "import eventlet; eventlet.monkey_patch()",
            "monkey_patch",
        ),
    ],
)
def test_greenlets_are_named_and_end_the_replay(
    tmp_path: Path, module: str, source: str, program: str, call: str
) -> None:
    package = tmp_path / module.partition("/")[0]
    package.mkdir()
    (tmp_path / module).write_text(source)
    again = "from eventlet.patcher import monkey_patch\n" if "eventlet" in module else ""
    (package / "__init__.py").write_text(again)
    (tmp_path / "agent.py").write_text(f"{program}\nprint('done')\n")
    place = Place(tmp_path)
    recorded = place.agentrr("run", "-o", "run.jsonl", "agent.py")
    assert recorded.code == 0
    assert recorded.out == place.bare("agent.py").out
    assert recorded.err.count(b"1 crossing was not captured") == 1
    assert f"{call} at agent.py:1): replay will stop there".encode() in recorded.err
    replayed = place.agentrr("replay", "run.jsonl")
    assert replayed.code == REFUSED
    assert call.encode() in replayed.err
    assert b"done" not in replayed.out
