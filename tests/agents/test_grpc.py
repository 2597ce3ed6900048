"""Agents that call gRPC, recorded against a server, replayed without it.

Without grpcio the cases are skipped.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from grpc_server import GrpcServer
from harness import Place

SCRIPTS = Path(__file__).with_name("scripts") / "grpc"
REPLAYS = int(os.environ.get("AGENTRR_REPLAYS", "3"))
CHANGES = """
import grpc, os
channel = grpc.insecure_channel("127.0.0.1:" + os.environ["GRPC_PORT"])
print(channel.unary_unary("/echo.Echo/One")(b'{"text": "one"}', metadata=(("who", "me"),))[:14])
"""

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(importlib.util.find_spec("grpc") is None, reason="grpcio is not installed"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[GrpcServer]:
    with GrpcServer() as server:
        yield server


@pytest.mark.parametrize("name", ["grpc_calls", "grpc_async"])
def test_a_server_that_is_gone_is_served(name: str, tmp_path: Path, server: GrpcServer) -> None:
    shutil.copy(SCRIPTS / f"{name}.py", tmp_path / "agent.py")
    place = Place(tmp_path, {"GRPC_PORT": str(server.port)})
    recorded = place.record("agent.py")
    assert recorded.code == 0, recorded
    assert b"sk-12345678901234567890" not in (tmp_path / "run.jsonl").read_bytes()
    place.env = {}  # nothing says where the server was
    for _ in range(REPLAYS):  # under the seal: that a connection is tried would end it with 77
        replayed = place.replay()
        assert replayed.same(recorded), f"recorded\n{recorded}\nreplayed\n{replayed}"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"one"', '"two"', b"two"),
        ("Echo/One", "Echo/Other", b"Echo/Other"),
        ('"me"', '"you"', b"you"),
    ],
    ids=["message", "method", "metadata"],
)
def test_what_is_asked_is_compared(
    old: str, new: str, said: bytes, tmp_path: Path, server: GrpcServer
) -> None:
    agent = tmp_path / "agent.py"
    agent.write_text(CHANGES, encoding="utf-8")
    place = Place(tmp_path, {"GRPC_PORT": str(server.port)})
    assert place.record("agent.py").code == 0
    agent.write_text(CHANGES.replace(old, new), encoding="utf-8")
    replayed = place.replay()
    assert replayed.code == 76
    assert b"asks for something else" in replayed.err
    assert said in replayed.err


@pytest.mark.parametrize(
    "serve",
    [
        "grpc.server(futures.ThreadPoolExecutor(1)).start()",
        "asyncio.run(serve())",
    ],
)
def test_a_server_is_named(serve: str, tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text(
        "import asyncio, grpc\nfrom concurrent import futures\n"
        "async def serve():\n    server = grpc.aio.server()\n    await server.start()\n"
        f"    await server.stop(0)\n{serve}\nprint('after')\n",
        encoding="utf-8",
    )
    place = Place(tmp_path)
    recorded = place.agentrr("run", "-o", "run.jsonl", "agent.py")
    assert recorded.code == 0, recorded
    assert b"grpc.server" in recorded.err
    assert place.replay().code == 77
