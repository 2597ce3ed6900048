"""A PostgreSQL of the test's own, from the system's packages."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

PLACES = ("/usr/local/bin", *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin"))))


def program(name: str) -> str | None:
    """Return where a program of PostgreSQL's is; None where there is none."""
    return shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), *PLACES)))


class PostgresServer:
    """A server on loopback that runs as long as its `with` block, as nobody where root tests."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="agentrr-postgres-"))
        self._as: dict[str, object] = {}
        if os.getuid() == 0:  # it refuses to run as root
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
            self._as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        data = str(self.folder / "data")
        made = ["initdb", "-D", data, "-U", "agent", "-A", "trust", "-E", "UTF8", "--no-sync"]
        self._run([*made, "--locale=C"])
        options = ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
        argv = ["postgres", "-D", data, "-p", str(self.port), "-k", str(self.folder), *options]
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [program(argv[0]) or argv[0], *argv[1:]],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                **self._as,  # type: ignore[call-overload]
            )
        for _ in range(200):
            if b"ready to accept connections" in (self.folder / "log").read_bytes():
                return self
            time.sleep(0.05)
        self.stop()
        raise RuntimeError((self.folder / "log").read_text())

    def _run(self, argv: list[str]) -> None:
        subprocess.run(
            [program(argv[0]) or argv[0], *argv[1:]],
            cwd=self.folder,
            check=True,
            stdout=subprocess.DEVNULL,
            env={"LC_ALL": "C", "PATH": os.environ.get("PATH", "")},
            **self._as,  # type: ignore[call-overload]
        )

    def environment(self) -> dict[str, str]:
        """What an agent needs to talk to it."""
        return {
            "DATABASE": f"host=127.0.0.1 port={self.port} user=agent dbname=postgres",
            "DATABASE_URL": f"postgresql://agent:open-sesame-4711@127.0.0.1:{self.port}/postgres",
        }

    def stop(self) -> None:
        """End it at once; its files stay until the `with` block ends."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # its fast shutdown
            self._process.wait(timeout=20)
            self._process = None

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.folder)
