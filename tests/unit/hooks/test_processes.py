from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from unit.hooks.files_support import Boundary, Log, RecordedLane, ReplayedLane

from agentrr_hooks import processes, sockets
from agentrr_sandbox.patching import Patching


class Files:
    quiet = False
    beneath = None


@pytest.fixture
def installed() -> Iterator[tuple[Boundary, Log]]:
    boundary, log, patching = Boundary(), Log(), Patching()
    processes.install(patching, boundary)
    sockets.install(patching, boundary)
    yield boundary, log
    boundary.current = None
    patching.undo()


def test_a_signal_to_the_recorded_number_reaches_this_process(
    installed: tuple[Boundary, Log], monkeypatch: pytest.MonkeyPatch
) -> None:
    got: list[int] = []
    kept = signal.signal(signal.SIGUSR1, lambda number, _: got.append(number))
    monkeypatch.setattr(os, "getpid", lambda: 1)  # what a replay may answer
    try:
        os.kill(os.getpid(), signal.SIGUSR1)
    finally:
        signal.signal(signal.SIGUSR1, kept)
    assert got == [signal.SIGUSR1]


def test_another_process_is_another_process(installed: tuple[Boundary, Log]) -> None:
    os.kill(os.getppid(), 0)
    with pytest.raises(ProcessLookupError):
        os.kill(2**22 + 1, 0)


def test_spawned_processes_are_named(installed: tuple[Boundary, Log]) -> None:
    from multiprocessing import util

    boundary, log = installed
    boundary.current = RecordedLane(log, Files(), boundary)
    pid = util.spawnv_passfds(b"/bin/true", [b"true"], [])
    boundary.current = None
    os.waitpid(pid, 0)
    assert log.events == [
        ("note", "multiprocessing.spawn", {"executable": "/bin/true", "args": ["true"]}, None)
    ]


def test_a_free_port_is_the_recorded_one(installed: tuple[Boundary, Log]) -> None:
    import socket

    boundary, log = installed

    def agent() -> Any:
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            return s.getsockname()

    boundary.current = RecordedLane(log, Files(), boundary)
    recorded = agent()
    assert recorded[1] > 0
    boundary.current = ReplayedLane(log, Files(), boundary)
    assert agent() == recorded


def test_a_probe_of_a_library_is_a_fact(installed: tuple[Boundary, Log]) -> None:
    code = compile(
        "import socket\ndef probe():\n with socket.socket() as s: s.bind(('127.0.0.1', 0))",
        "/x/urllib3/util/connection.py",
        "exec",
    )
    names: dict[str, Any] = {}
    exec(code, names)
    boundary, log = installed
    boundary.current = RecordedLane(log, Files(), boundary)
    names["probe"]()
    assert log.events == []
    assert log.facts == {"socket.bind:127.0.0.1": [0, "", False]}
    log.facts["socket.bind:127.0.0.1"] = [97, "no such family", True]
    boundary.current = ReplayedLane(log, Files(), boundary)
    with pytest.raises(OSError, match="no such family"):
        names["probe"]()


def test_unix_sockets_go_straight_through(installed: tuple[Boundary, Log]) -> None:
    import socket

    boundary, log = installed
    boundary.current = RecordedLane(log, Files(), boundary)
    a, b = socket.socketpair()
    a.getsockname()
    a.close()
    b.close()
    assert log.events == []
