"""Agents that keep state in PostgreSQL or redis, recorded against a server, replayed without it.

The drivers are installed by the dependency group `databases`, the server comes from the system's
packages; without them the cases are skipped, with what is missing.
"""

from __future__ import annotations

import ctypes.util
import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import Place
from mongo_server import MongoServer
from postgres_server import PostgresServer, program
from redis_server import RedisServer

SCRIPTS = Path(__file__).with_name("scripts") / "databases"
REPLAYS = int(os.environ.get("AGENTRR_REPLAYS", "3"))
NEEDS = {
    "psycopg_sync": ("psycopg",),
    "psycopg_async": ("psycopg", "psycopg_pool"),
    "psycopg_values": ("psycopg",),
    "psycopg2_calls": ("psycopg2",),
    "sqlalchemy_psycopg2": ("psycopg2", "sqlalchemy", "greenlet"),
    "sqlalchemy_orm": ("psycopg", "sqlalchemy", "greenlet"),
    "langgraph_checkpoints": ("psycopg", "langgraph"),
}
CHANGES = """
import os, psycopg
with psycopg.connect(os.environ["DATABASE"]) as connection:
    cursor = connection.cursor()
    cursor.execute("create table if not exists orders (what text)")
    cursor.execute("insert into orders values (%s)", ("one",))
    cursor.execute("select what from orders")
    print(cursor.fetchall())
"""


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    if program("postgres") is None or program("initdb") is None:
        pytest.skip("PostgreSQL's server is not installed")
    with PostgresServer() as server:
        yield server


def needs(*packages: str) -> None:
    for package in packages:
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed: the dependency group databases")


@pytest.mark.parametrize(
    ("name", "implementation"),
    [
        *((name, "binary") for name in NEEDS),
        pytest.param("psycopg_sync", "python", marks=pytest.mark.once),
        pytest.param("psycopg_values", "python", marks=pytest.mark.once),
        pytest.param("psycopg_async", "python", marks=pytest.mark.once),
    ],
)
def test_a_database_that_is_gone_is_served(
    name: str, implementation: str, tmp_path: Path, server: PostgresServer
) -> None:
    needs(*NEEDS[name])
    if implementation == "python" and ctypes.util.find_library("pq") is None:
        pytest.skip("libpq is not among the system's libraries")
    shutil.copy(SCRIPTS / f"{name}.py", tmp_path / "agent.py")
    place = Place(tmp_path, {"PSYCOPG_IMPL": implementation, **server.environment()})
    recorded = place.record("agent.py")
    assert recorded.code == 0, recorded
    assert b"open-sesame" not in (tmp_path / "run.jsonl").read_bytes()
    assert any(event.get("call") == "postgres.connect" for event in place.events())
    place.env = {}  # nothing says where the server was
    for _ in range(REPLAYS):  # under the seal: that a connection is tried would end it with 77
        replayed = place.replay()
        assert replayed.same(recorded), f"recorded\n{recorded}\nreplayed\n{replayed}"


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('("one",)', '("two",)', b"two"),
        ("select what", "select upper(what)", b"upper(what)"),
    ],
    ids=["parameter", "statement"],
)
def test_what_is_asked_is_compared(
    driver: str, old: str, new: str, said: bytes, tmp_path: Path, server: PostgresServer
) -> None:
    needs(driver)
    agent, changes = tmp_path / "agent.py", CHANGES.replace("psycopg", driver)
    agent.write_text(changes, encoding="utf-8")
    place = Place(tmp_path, server.environment())
    assert place.record("agent.py").code == 0
    agent.write_text(changes.replace(old, new), encoding="utf-8")
    replayed = place.replay()
    assert replayed.code == 76
    assert b"asks for something else" in replayed.err
    assert said in replayed.err


def test_a_style_that_is_not_served_is_named(tmp_path: Path, server: PostgresServer) -> None:
    needs("psycopg")
    (tmp_path / "agent.py").write_text(
        CHANGES + "    cursor.execute('set datestyle to german')\n    print('after')\n",
        encoding="utf-8",
    )
    place = Place(tmp_path, server.environment())
    recorded = place.agentrr("run", "-o", "run.jsonl", "agent.py")
    assert b"psycopg with DateStyle" in recorded.err
    assert place.replay().code == 77


NAMED = {
    "connection.set_client_encoding('LATIN1')": b"psycopg2 with encoding LATIN1",
    "connection.lobject().close()": b"psycopg2.connection.lobject",
    "connection.cursor().execute('set client_encoding to latin1')": b"with encoding LATIN1",
    "psycopg2.connect(os.environ['DATABASE'], async_=1)": b"psycopg2.connect, asynchronous",
}


@pytest.mark.once
@pytest.mark.parametrize("what", NAMED)
def test_what_psycopg2_does_else_is_named(
    what: str, tmp_path: Path, server: PostgresServer
) -> None:
    needs("psycopg2")
    (tmp_path / "agent.py").write_text(
        "import os, psycopg2\nconnection = psycopg2.connect(os.environ['DATABASE'])\n"
        f"{what}\nprint('after')\n",
        encoding="utf-8",
    )
    place = Place(tmp_path, server.environment())
    recorded = place.agentrr("run", "-o", "run.jsonl", "agent.py")
    assert recorded.code == 0
    assert NAMED[what] in recorded.err
    assert place.replay().code == 77


@pytest.mark.once
def test_a_database_of_duckdb_is_an_input(tmp_path: Path) -> None:
    needs("duckdb")
    shutil.copy(SCRIPTS / "duckdb_files.py", tmp_path / "agent.py")
    made = "import duckdb; c = duckdb.connect('data.db'); c.execute({!r}); c.execute({!r})".format(
        "create table t(a int, b double, u uuid)", "insert into t values (1, 0.5, null)"
    )
    place = Place(tmp_path)
    (tmp_path / "make.py").write_text(made, encoding="utf-8")
    assert place.bare("make.py").code == 0
    recorded = place.record("agent.py")
    assert recorded.code == 0, recorded
    for _ in range(REPLAYS):
        (tmp_path / "data.db").unlink(missing_ok=True)
        replayed = place.replay()
        assert replayed.same(recorded), f"recorded\n{recorded}\nreplayed\n{replayed}"
        assert not (tmp_path / "data.db").exists()


def replays(place: Place) -> None:
    """Record `agent.py`, then replay it where nothing says where the server was."""
    recorded = place.record("agent.py")
    assert recorded.code == 0, recorded
    assert any(str(event.get("call", "")).startswith("socket.") for event in place.events())
    place.env = {}
    for _ in range(REPLAYS):
        replayed = place.replay()
        assert replayed.same(recorded), f"recorded\n{recorded}\nreplayed\n{replayed}"


def test_postgres_through_sockets_is_a_conversation(tmp_path: Path, server: PostgresServer) -> None:
    needs("asyncpg", "pg8000")
    shutil.copy(SCRIPTS / "asyncpg_pool.py", tmp_path / "agent.py")
    replays(Place(tmp_path, server.environment()))


def test_mongodb_is_a_conversation(tmp_path: Path) -> None:
    needs("pymongo")
    shutil.copy(SCRIPTS / "pymongo_clients.py", tmp_path / "agent.py")
    with MongoServer() as server:
        replays(Place(tmp_path, {"MONGO_PORT": str(server.port)}))


def test_redis_is_a_conversation(tmp_path: Path) -> None:
    needs("redis", "fakeredis")
    shutil.copy(SCRIPTS / "redis_clients.py", tmp_path / "agent.py")
    with RedisServer() as server:
        replays(Place(tmp_path, {"REDIS_PORT": str(server.port)}))
