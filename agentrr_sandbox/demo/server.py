"""A model server on this machine: random answers over real HTTP, with faults by script.

    python -m agentrr_sandbox.demo.server --faults 429,500,drop

It prints one line with its address and serves until it is stopped.  Nothing leaves the machine
and no key is asked for.  Each model request takes the next fault of the script; when the script
is used up, all goes well.  `PUT /_faults` sets a new script, `GET /_hits` tells how many requests
came.

    ok       nothing goes wrong          timeout  no answer for `--hang` seconds
    429 500  an error with that status   drop     the connection breaks in the middle of the answer
                                         refuse   it breaks before the answer
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from collections.abc import Iterable
from http.server import ThreadingHTTPServer
from typing import Any

from agentrr_sandbox.demo.answers import Chance
from agentrr_sandbox.demo.handler import Handler


class Server(ThreadingHTTPServer):
    """Serves on a port of the loopback; *log* takes one JSON line a request."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        port: int = 0,
        *,
        faults: Iterable[str] = (),
        latency: float = 0.01,
        steady: bool = False,
        hang: float = 5.0,
        compress: bool = True,
        seed: int | None = None,
        log: str = "",
    ) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.faults = list(faults)
        self.latency = latency
        self.steady = steady
        self.hang = hang
        self.compress = compress
        self.hits = 0
        self.log = log
        self._dice = Chance(seed)
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """The address, without a slash at its end."""
        return f"http://127.0.0.1:{self.server_port}"

    def take_fault(self) -> str:
        """Return the next fault of the script."""
        with self._lock:
            return self.faults.pop(0) if self.faults else "ok"

    def chance(self) -> Chance:
        """Return the dice of one request."""
        with self._lock:
            return Chance(self._dice.random.getrandbits(64))

    def delay(self, chance: Chance) -> float:
        """Return how long this answer takes: up to the latency, or just that."""
        return self.latency if self.steady else chance.random.uniform(0, self.latency)

    def hit(self, entry: dict[str, Any]) -> None:
        """Count a request, and log it."""
        with self._lock:
            self.hits += 1
            if self.log:
                with open(self.log, "a", encoding="utf-8") as file:
                    file.write(json.dumps(entry) + "\n")

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that went away."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


def main(argv: list[str] | None = None) -> int:
    """Serve until stopped; print the address first."""
    parser = argparse.ArgumentParser(prog="agentrr_sandbox.demo.server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--faults", default="", help="a script of faults, separated by commas")
    parser.add_argument("--latency", type=float, default=0.01, help="seconds, at most")
    parser.add_argument("--steady", action="store_true", help="each answer takes just --latency")
    parser.add_argument("--hang", type=float, default=5.0, help="seconds of a `timeout` fault")
    parser.add_argument("--seed", type=int, help="for answers that repeat")
    parser.add_argument("--log", default="", help="a file that takes one JSON line a request")
    parser.add_argument("--plain", action="store_true", help="never compress")
    given = parser.parse_args(argv)
    server = Server(
        given.port,
        faults=[fault for fault in given.faults.split(",") if fault],
        latency=given.latency,
        steady=given.steady,
        hang=given.hang,
        compress=not given.plain,
        seed=given.seed,
        log=given.log,
    )
    print(server.url, flush=True)
    parent = os.getppid()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.daemon = True
    thread.start()
    try:
        while thread.is_alive() and os.getppid() == parent:  # never outlive who started it
            thread.join(0.5)
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
