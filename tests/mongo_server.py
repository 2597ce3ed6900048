"""A server that speaks so much of MongoDB's wire protocol as a test asks; documents in memory.

Run as a program it prints its port.  It needs `bson`, which comes with pymongo.
"""

from __future__ import annotations

import datetime as dt
import importlib
import socketserver
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Self

_MESSAGE, _QUERY, _REPLY = 2013, 2004, 1
_CHECKSUM, _NO_ANSWER = 1, 2
bson: Any = None  # of pymongo, which only the program needs


class MongoServer:
    """A server on loopback that runs as long as its `with` block."""

    def __enter__(self) -> Self:
        argv = [sys.executable, str(Path(__file__))]
        self._process = subprocess.Popen(argv, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


class Documents:
    """What is stored, and what it answers to a command."""

    def __init__(self) -> None:
        self._stored: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._lock = threading.Lock()

    def answer(self, command: dict[str, Any]) -> dict[str, Any]:
        """Return what *command* is answered."""
        name = next(iter(command))
        if name.lower() in ("hello", "ismaster"):
            time.sleep(min(command.get("maxAwaitTimeMS", 0), 300) / 1000)
            return hello()
        if name in ("ping", "endSessions"):
            return {"ok": 1.0}
        method = getattr(self, f"do_{name}", None)
        if method is None:
            return {"ok": 0.0, "code": 59, "errmsg": f"no such command: {name}"}
        place = (command["$db"], command[name])
        with self._lock:
            told: dict[str, Any] = method(self._stored.setdefault(place, []), command)
        if "cursor" in told:
            told["cursor"]["ns"] = ".".join(place)
        return {**told, "ok": 1.0}

    def do_insert(self, stored: list[dict[str, Any]], command: dict[str, Any]) -> dict[str, Any]:
        """Store documents."""
        for document in command["documents"]:
            if any(each["_id"] == document["_id"] for each in stored):
                twice = {"index": 0, "code": 11000, "errmsg": "E11000 duplicate key"}
                return {"n": 0, "writeErrors": [twice]}
            stored.append(document)
        return {"n": len(command["documents"])}

    def do_find(self, stored: list[dict[str, Any]], command: dict[str, Any]) -> dict[str, Any]:
        """Return documents."""
        found = [each for each in stored if matches(each, command.get("filter", {}))]
        if command.get("limit"):
            found = found[: command["limit"]]
        return {"cursor": {"firstBatch": found, "id": bson.Int64(0)}}

    def do_update(self, stored: list[dict[str, Any]], command: dict[str, Any]) -> dict[str, Any]:
        """Change one document."""
        asked = command["updates"][0]
        for each in [each for each in stored if matches(each, asked["q"])][:1]:
            each.update(asked["u"]["$set"])
            return {"n": 1, "nModified": 1}
        return {"n": 0, "nModified": 0}

    def do_delete(self, stored: list[dict[str, Any]], command: dict[str, Any]) -> dict[str, Any]:
        """Remove documents."""
        before = len(stored)
        stored[:] = [each for each in stored if not matches(each, command["deletes"][0]["q"])]
        return {"n": before - len(stored)}


def matches(document: dict[str, Any], query: dict[str, Any]) -> bool:
    """Whether *document* has what *query* asks."""
    return all(document.get(name) == value for name, value in query.items())


def hello() -> dict[str, Any]:
    """Return what the server says of itself."""
    return {
        "isWritablePrimary": True, "helloOk": True, "maxBsonObjectSize": 1 << 24,
        "maxMessageSizeBytes": 48_000_000, "maxWriteBatchSize": 100_000, "minWireVersion": 0,
        "maxWireVersion": 21, "localTime": dt.datetime.now(tz=dt.UTC), "ok": 1.0,
        "logicalSessionTimeoutMinutes": 30, "connectionId": 1,
    }  # fmt: skip


class Handler(socketserver.BaseRequestHandler):
    """One connection."""

    documents = Documents()

    def handle(self) -> None:
        """Answer until the client is gone."""
        try:
            while True:
                self._one()
        except (ConnectionError, OSError):
            return

    def _read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            piece = self.request.recv(count - len(data))
            if not piece:
                raise ConnectionError
            data += piece
        return data

    def _one(self) -> None:
        length, number, _, kind = struct.unpack("<iiii", self._read(16))
        body = self._read(length - 16)
        if kind == _QUERY:  # the first hello
            payload = struct.pack("<iqii", 8, 0, 0, 1) + bson.encode(hello())
            self._send(number, _REPLY, payload)
            return
        flags = struct.unpack("<I", body[:4])[0]
        command = sections(body[4 : len(body) - (4 if flags & _CHECKSUM else 0)])
        answer = struct.pack("<I", 0) + b"\0" + bson.encode(self.documents.answer(command))
        if not flags & _NO_ANSWER:
            self._send(number, _MESSAGE, answer)

    def _send(self, number: int, kind: int, payload: bytes) -> None:
        self.request.sendall(struct.pack("<iiii", 16 + len(payload), 1, number, kind) + payload)


def sections(body: bytes) -> dict[str, Any]:
    """Return the command that the sections of a message make."""
    command: dict[str, Any] = {}
    more: dict[str, Any] = {}
    while body:
        size = struct.unpack("<i", body[1:5])[0]
        section = body[1 : 1 + size]
        if body[0] == 0:
            command = bson.decode(section)
        else:
            name, _, documents = section[4:].partition(b"\0")
            more[name.decode()] = bson.decode_all(documents)
        body = body[1 + size :]
    return {**command, **more}


class Server(socketserver.ThreadingTCPServer):
    """Listens on loopback."""

    daemon_threads = True


if __name__ == "__main__":
    bson = importlib.import_module("bson")
    with Server(("127.0.0.1", 0), Handler) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()
