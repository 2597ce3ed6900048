"""Conversations through sockets with servers of this test's, served again when they are gone."""

from __future__ import annotations

import secrets
import shutil
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness import Place

DIVERGED, SEALED = 76, 77
TLS = """\
import asyncio, select, socket, ssl

trusting = ssl.create_default_context(cafile="cert.pem")
trusting.set_alpn_protocols(["lines"])
with socket.create_connection(("127.0.0.1", PORT)) as raw:
    with trusting.wrap_socket(raw, server_hostname="localhost") as s:
        print(s.version(), s.cipher(), s.selected_alpn_protocol(), s.getpeercert()["subject"])
        s.sendall(b"hello\\n")
        with s.makefile("rb") as file:
            print(file.readline())
        s.settimeout(0)
        try:
            s.recv(1)
        except ssl.SSLWantReadError as error:
            print(error)
with socket.create_connection(("127.0.0.1", PORT)) as raw:
    try:
        ssl.create_default_context().wrap_socket(raw, server_hostname="localhost")
    except ssl.SSLCertVerificationError as error:
        print(error, error.verify_code, error.reason)


async def main():
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", PORT, ssl=trusting, server_hostname="localhost"
    )
    tls = writer.get_extra_info("ssl_object")
    print(tls.version(), len(tls.getpeercert(True)), writer.get_extra_info("cipher"))
    writer.write(b"again\\n")
    print(await reader.readline())
    writer.close()
    await writer.wait_closed()


asyncio.run(main())
"""
THREADS = """\
import socket, threading

def ask(n):
    with socket.create_connection(("127.0.0.1", PORT)) as s, s.makefile("rwb") as file:
        for k in range(3):
            file.write(b"%d %d\\n" % (n, k))
            file.flush()
            print(file.readline())

for t in [threading.Thread(target=ask, args=(n,)) for n in range(3)]:
    t.start()
"""


class Answers(socketserver.StreamRequestHandler):
    """Sends each line back, with something that no run repeats."""

    def handle(self) -> None:
        """Answer until the client has said all."""
        try:
            for line in self.rfile:
                self.wfile.write(secrets.token_hex(4).encode() + b" " + line)
        except OSError:
            pass  # the client does not trust the certificate, or is gone


class Server(socketserver.ThreadingTCPServer):
    """Answers, through TLS if there is a *context*."""

    daemon_threads = True
    context: ssl.SSLContext | None = None

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Speak TLS in the connection's own thread."""
        if self.context is not None:
            try:
                request = self.context.wrap_socket(request, server_side=True)
            except OSError:
                return
        super().finish_request(request, client_address)
        request.close()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Answers) as made:
        threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
        yield made
        made.shutdown()


def recorded(place: Place, server: Server, source: str) -> Any:
    """Record *source*, shut the server, and return what the run did."""
    text = source.replace("PORT", str(server.server_address[1]))
    (place.folder / "agent.py").write_text(text)
    ran = place.record("agent.py")
    assert ran.code == 0, ran
    server.shutdown()
    server.server_close()
    return ran


def test_what_is_said_through_tls_is_recorded_in_the_clear(tmp_path: Path, server: Server) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl makes a certificate here")
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    server.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    server.context.set_alpn_protocols(["lines"])
    place = Place(tmp_path)
    ran = recorded(place, server, TLS)
    assert place.replay().same(ran)
    assert b'"v":"hello\\n"' in (tmp_path / "run.jsonl").read_bytes()
    source = (tmp_path / "agent.py").read_text()
    (tmp_path / "agent.py").write_text(source.replace('b"hello', 'b"hallo'))
    changed = place.replay()
    assert changed.code == DIVERGED
    assert b"ssl.write" in changed.err
    assert b"$.data[1]" in changed.err


@pytest.mark.once
def test_threads_converse_beside_each_other(tmp_path: Path, server: Server) -> None:
    place = Place(tmp_path)
    ran = recorded(place, server, THREADS)
    assert place.replay().same(ran)


@pytest.mark.once
def test_a_socket_that_leaves_our_sight_stops_a_replay(tmp_path: Path, server: Server) -> None:
    place = Place(tmp_path)
    lost = "import socket\ns = socket.create_connection(('127.0.0.1', PORT))\ns.detach()\n"
    recorded(place, server, lost)
    replayed = place.replay()
    assert replayed.code == SEALED
    assert b"socket.detach" in replayed.err
