"""Many kinds of secret in every place that an agent can put one: none is on the disk.

The secrets come into the run in five ways (environment, a file, an answer, the command line, the
source), and go out in all: headers, URLs, queries, bodies, output, exceptions.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import time
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from harness import Place, Ran
from model_server import ModelServer

pytestmark = pytest.mark.once

PEM_LINES = [f"MIIEvQIBADANBgkqhkiG9w0BAQEFAASC{n}Kcwggp7AgEAAoIBAQCq" for n in range(6)]
PEM = "\n".join(
    ("-----BEGIN PRIVATE KEY-----", *PEM_LINES, "-----END PRIVATE KEY-----"),
)
JWT = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvIn0"
    ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
)
SHAPED = {
    "OPENAI_API_KEY": "sk-proj-" + "Qw3rTy7uIo1pAs5d" * 3,
    "OLD_OPENAI_KEY": "sk-" + "Zx9cVb2nMa4sDf6g" * 3,
    "ANTHROPIC_API_KEY": "sk-ant-api03-" + "Lk8jHg4fDs2aPo6i" * 5 + "AA",
    "AWS_ACCESS_KEY_ID": "AKIA" + "Q3EGRSTVWXYZ2345",
    "GITHUB_TOKEN": "ghp_" + "Rt5yUi9oPa3sDf7gHj1k" + "Lz2xCv4bNm6qWe8r",
    "GITHUB_PAT_TOKEN": "github_pat_" + "11ABCDEFG0" + "a8B7c6D5e4F3g2H1i0J9" * 3,
    "SLACK_TOKEN": "xoxb-" + "123456789012-1234567890123-AbCdEfGhIjKl",
    "GOOGLE_API_KEY": "AIza" + "SyD3f4G5h6J7k8L9m0N1p2Q3r4S5t6U7v8W"[:35],
    "STRIPE_SECRET_KEY": "sk_live_" + "51H8xYzAbCdEfGhIjKlMnOpQ",
    "HF_TOKEN": "hf_" + "AbCdEfGhIjKlMnOpQrStUvWxYz12345678",
    "NPM_TOKEN": "npm_" + "q1W2e3R4t5Y6u7I8o9P0a1S2d3F4g5H6j7K8",
    "PYPI_TOKEN": "pypi-AgEIcHlwaS5vcmc" + "CJDk4ZTVhNzQ0LTk0" * 5,
    "GITLAB_TOKEN": "glpat-" + "xY7zW3vU9tS1rQ5pO2nM",
    "JWT_TOKEN": JWT,
    "TLS_PRIVATE_KEY": PEM,
}
SHAPELESS = {
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzEXAMPKEY",
    "DB_PASSWORD": "hunter2-and-more",
    "CLIENT_SECRET": "9f8e7d6c5b4a39281706",
    "SERVICE_API_KEY": "a1b2c3d4e5f60718a9b0c1d2",
    "WEBHOOK_SECRET": "tr0ub4dor&3;x",
}
EVERY = {**SHAPED, **SHAPELESS}
PLACEHOLDER = rb"\[redacted:[\w.-]+:\d+\]"
LOGIN = "p4ssw0rdInUrl"

AGENT = """\
import base64, json, logging, os, sys, traceback
from urllib.parse import quote, quote_plus

import httpx, httpx2

HERE = os.environ["HTTP_BASE_URL"]
{origin}
secrets = found()
assert len(secrets) >= 15, len(secrets)


def tool(secret):
    raise ValueError(f"refused {{secret}}")


def exchange(client, name, secret):
    flat = (quote(secret) if "\\n" in secret else secret).encode()
    headers = {{"Authorization": b"Bearer " + flat, "X-API-Key": flat, "X-Note": flat}}
    client.get("/get", headers=headers, cookies={{"session": quote(secret)}})
    client.get("/get/" + quote(secret, safe=""))
    client.get("/get", params={{"q": secret, "api_key": secret, "X-Amz-Signature": secret}})
    body = {{"note": f"use {{secret}} now", "password": secret, "deep": [{{"api_key": [secret]}}]}}
    client.post("/post", json=body)
    client.post("/post", data={{"token": secret, "text": secret}})
    answer = client.post("/post", content=f"{{name}}={{secret}}").json()
    print(name, answer["method"], answer["text"])


for library in (httpx, httpx2):
    with library.Client(base_url=HERE) as client:
        for name, secret in secrets.items():
            if library is httpx or name in ("DB_PASSWORD", "OPENAI_API_KEY", "GITHUB_TOKEN"):
                exchange(client, name, secret)
        client.get(HERE.replace("http://", "http://user:{login}@") + "/get")

log = logging.getLogger("agent")
for name, secret in secrets.items():
    data = secret.encode()
    print(name, repr(secret), json.dumps({{"value": secret}}))
    print(secret)
    print(base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode())
    print(quote(secret, safe=""), quote_plus(secret))
    print(f"postgres://ann:{{quote(secret, safe='')}}@db.example/x")
    half = len(data) // 2
    sys.stdout.flush()
    os.write(1, data[:half])
    os.write(1, data[half:] + b"\\n")
    print("to stderr:", secret, file=sys.stderr)
    try:
        try:
            tool(secret)
        except ValueError as error:
            raise RuntimeError(f"failed with {{name}}={{secret}}") from error
    except RuntimeError:
        log.exception("caught %s", secret)
    try:
        httpx.get(f"http://127.0.0.1:1/{{quote(secret, safe='')}}")
    except httpx.ConnectError as error:
        print(error, error.request.url)
    with open(os.path.join(os.path.dirname(__file__), "notes.txt"), "a") as file:
        file.write(secret + "\\n")
raise SystemError("the end: " + "; ".join(secrets.values()))
"""
ORIGINS = {
    "environment": "def found(): return {name: os.environ[name] for name in NAMES}",
    "file": """
def found():
    with open(os.path.join(os.path.dirname(__file__), "settings.env")) as file:
        text = file.read()
    lines, _, key = text.partition("\\n\\n")
    return {**dict(line.split("=", 1) for line in lines.splitlines()), "TLS_PRIVATE_KEY": key}""",
    "answer": """
def found():
    return httpx.get(os.environ["VENDOR_URL"] + "/credentials").json()""",
    "argv": """
def found():
    words = sys.argv[1:]
    return {
        flag[2:].upper().replace("-", "_"): word
        for flag, word in zip(words[::2], words[1::2])
    }""",
    "source": "def found(): return SECRETS",
}


class Vendor(BaseHTTPRequestHandler):
    """Hands out credentials: whole, and cut in two."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Set-Cookie", f"session={SHAPELESS['CLIENT_SECRET']}; Path=/")
        if self.path == "/credentials":
            body = json.dumps(EVERY).encode()
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in CUT:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
            self.wfile.flush()
            time.sleep(0.03)
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        pass


def halves() -> Iterator[bytes]:
    """Yield a body in which every secret lies over a cut."""
    for name, secret in EVERY.items():
        data = f'data: {{"{name}": {json.dumps(secret)}}}\n\n'.encode()
        middle = len(data) // 2 + 4
        yield from (data[:middle], data[middle:])
    yield from (
        b"Authorization: Bea",
        b"rer ",
        b"abcd1234abcd",
        b"1234\n\npass",
        b"word=hun",
        b"ter22",
    )


CUT = list(halves())


@pytest.fixture(scope="module")
def vendor() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Vendor)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def models() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


def forms(secret: str) -> set[bytes]:
    """Return all that must not be found of *secret*: whole, coded, and its lines."""
    data = secret.encode()
    texts = {
        secret,
        urllib.parse.quote(secret, safe=""),
        urllib.parse.quote_plus(secret),
        json.dumps(secret)[1:-1],
        base64.b64encode(data).decode().rstrip("="),
        base64.urlsafe_b64encode(data).decode().rstrip("="),
    }
    lines = [line for line in secret.splitlines() if "KEY" not in line] if "\n" in secret else []
    texts |= set(lines)
    if not lines and not secret.startswith("[redacted:"):
        texts.add(secret[-12:])
    return {text.encode() for text in texts}


def leaks(folder: Path, given: set[str], secrets: dict[str, str]) -> list[str]:
    """Return where in *folder*, but in the files that were *given*, a secret stands."""
    found = []
    for path in folder.rglob("*"):
        if not path.is_file() or path.name in given:
            continue
        content = path.read_bytes()
        found += [
            f"{path.name}: {name}: {content[max(content.index(form) - 80, 0) :][:240]!r}"
            for name, secret in secrets.items()
            for form in forms(secret)
            if form in content
        ]
    return found


def masked(out: bytes, secrets: dict[str, str]) -> bytes:
    """Return *out* with every secret, in each form, and every placeholder as one sign."""
    placed = {found.decode() for found in re.findall(PLACEHOLDER, out)}
    every = {form for s in (*secrets.values(), *placed) for form in forms(s)}
    for form in sorted(every, key=len, reverse=True):
        out = out.replace(form, b"*")
    return re.sub(rb"\*=*", b"*", re.sub(PLACEHOLDER, b"*", out))


def words(origin: str) -> list[str]:
    if origin != "argv":
        return []
    return [word for k, v in EVERY.items() for word in (f"--{k.lower().replace('_', '-')}", v)]


def lay_out(folder: Path, origin: str) -> Place:
    """Write the agent and what it is given into *folder*."""
    for name in ("home", "tmp"):
        (folder / name).mkdir(parents=True)
    secrets = SHAPED if origin == "source" else EVERY
    lines = [f"{k}={v}" for k, v in EVERY.items() if k != "TLS_PRIVATE_KEY"]
    (folder / "settings.env").write_text("\n".join([*lines, "", PEM]))
    text = AGENT.format(origin="#origin", login=LOGIN).replace("#origin", ORIGINS[origin])
    head = f"NAMES = {list(EVERY)!r}\n"
    if origin == "source":
        head += f"SECRETS = {secrets!r}\n"
    (folder / "agent.py").write_text(head + text)
    return Place(folder, {"HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp")})


GIVEN = {"agent.py", "settings.env", "notes.txt"}


@pytest.mark.parametrize("origin", ORIGINS)
def test_none_of_them_is_on_the_disk(
    origin: str, tmp_path: Path, vendor: str, models: ModelServer
) -> None:
    secrets = SHAPED if origin == "source" else EVERY
    folder = tmp_path / "here"
    place = lay_out(folder, origin)
    own = dict(place.env)
    place.env |= {"HTTP_BASE_URL": models.url, "VENDOR_URL": vendor}
    if origin == "environment":
        place.env |= EVERY
    recorded = place.record("agent.py", *words(origin))
    assert recorded.code == 1, recorded
    for secret in secrets.values():
        assert secret.encode() in recorded.out
    assert f"SystemError: the end: {SHAPED['OPENAI_API_KEY']}".encode() in recorded.err
    assert leaks(folder, GIVEN, {**secrets, "login": LOGIN}) == []

    place.env = own
    replayed = place.replay("run.jsonl", "--check")
    assert replayed.code == 0, replayed
    assert leaks(folder, GIVEN, {**secrets, "login": LOGIN}) == []
    plain = place.replay()
    assert plain.code == 1
    if origin != "environment":  # whose stand-ins nobody knows here
        assert masked(plain.out, secrets) == masked(recorded.out, secrets)
        assert masked(plain.err, secrets) == masked(recorded.err, secrets)
    assert place.agentrr("verify", "run.jsonl").code == 0
    shown(place, secrets)


def shown(place: Place, secrets: dict[str, str]) -> None:
    """See that what a person reads holds placeholders."""
    events = place.events()
    post = next(e["seq"] for e in events if "POST" in json.dumps(e.get("request", "")))
    for argv in (["show", "run.jsonl"], ["show", "run.jsonl", str(post)]):
        page: Ran = place.agentrr(*argv)
        assert page.code == 0, page
        assert not [form for s in secrets.values() for form in forms(s) if form in page.out]
    assert b"[redacted:" in page.out


def test_a_file_that_is_gone_is_served_without_its_secrets(
    tmp_path: Path, models: ModelServer
) -> None:
    place = lay_out(tmp_path / "here", "file")
    place.env["HTTP_BASE_URL"] = models.url
    place.record("agent.py")
    away = lay_out(tmp_path / "away", "file")
    (tmp_path / "away" / "settings.env").unlink()
    shutil.copy(tmp_path / "here" / "run.jsonl", tmp_path / "away")
    replayed = away.replay("run.jsonl", "--check", "agent.py")
    assert replayed.code == 0, replayed
    assert leaks(tmp_path / "away", GIVEN, EVERY) == []


CUT_AGENT = """\
import os, sys, {library} as library
with library.stream("GET", os.environ["VENDOR_URL"] + "/cut") as answer:
    pieces = list(answer.iter_raw())
print(len(pieces), flush=True)
sys.stdout.buffer.write(b"".join(pieces))
sys.exit(3)
"""


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_a_secret_over_a_cut_of_a_stream(library: str, tmp_path: Path, vendor: str) -> None:
    (tmp_path / "agent.py").write_text(CUT_AGENT.format(library=library))
    place = Place(tmp_path, {"VENDOR_URL": vendor})
    recorded = place.record("agent.py")
    assert recorded.code == 3, recorded
    cut = {**EVERY, "a": "abcd1234abcd", "b": "hunter22", "c": "ter22"}
    halves = {f"half {k}": v[len(v) // 2 + 6 :].replace("\n", "\\n") for k, v in EVERY.items()}
    halves = {name: half for name, half in halves.items() if len(half) >= 6}
    assert leaks(tmp_path, GIVEN, {**cut, **halves}) == []
    pieces = [event for event in place.events() if event["t"] == "piece"]
    assert len(pieces) == int(recorded.out.split()[0]) > len(EVERY)
    assert any("held" in piece for piece in pieces)
    place.env = {}
    replayed = place.replay("run.jsonl", "--check")
    assert replayed.code == 0, replayed
    whole = place.replay()
    assert whole.out.split()[0] == recorded.out.split()[0]
    assert whole.out.count(b"\n") == recorded.out.count(b"\n")
    assert b'data: {"GITHUB_TOKEN": "[redacted:github' in whole.out
