"""A server that speaks redis's protocol, as a process of its own: fakeredis's, over TCP."""

from __future__ import annotations

import subprocess
import sys
from typing import Self

SERVE = """
from fakeredis import TcpFakeServer
server = TcpFakeServer(("127.0.0.1", 0), server_type="redis")
print(server.server_address[1], flush=True)
server.serve_forever()
"""


class RedisServer:
    """Runs as long as its `with` block; `port` is where."""

    def __enter__(self) -> Self:
        argv = [sys.executable, "-c", SERVE]
        self._process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()
