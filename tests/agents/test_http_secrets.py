"""A credential that travels through HTTP, in every part of it, is nowhere on the disk."""

from __future__ import annotations

import base64
from pathlib import Path

from harness import Place
from model_server import OPENAI_KEY, ModelServer

AGENT = """\
import os

import httpx
import httpx2

base, key = os.environ["HTTP_BASE_URL"], os.environ["OPENAI_API_KEY"]
for library in (httpx, httpx2):
    with library.Client(base_url=base) as client:
        for path in ("/get", "/gzip", "/deflate"):
            answer = client.get(path, params={"q": key, "api_key": key})
            print(path, answer.status_code, sorted(answer.json()["args"]))
        headers = {"authorization": f"Bearer {key}", "x-api-key": key, "x-other": key}
        client.get("/get", headers=headers, cookies={"session": key})
        client.post("/post", json={"key": key, "deep": [{"text": f"it is {key}."}]})
        client.post("/post", data={"password": key})
        client.post("/upload", files={"f": ("key.txt", key.encode())})
        print(client.get("/stream/3").text)
    print(library.get(base.replace("//", f"//user:{key}@") + "/get").status_code)
try:
    httpx.get(f"http://127.0.0.1:1/{key}")
except httpx.ConnectError as error:
    print(error)
"""


def test_no_part_of_an_exchange_leaves_a_key_on_the_disk(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (tmp_path / "agent.py").write_text(AGENT)
    with ModelServer() as server:
        place.env = server.environment()
        recorded = place.record("agent.py")
        assert any(OPENAI_KEY in request["path"] for request in server.requests())
    assert recorded.code == 0, recorded
    kept = (tmp_path / "run.jsonl").read_bytes()
    coded = base64.b64encode(f"user:{OPENAI_KEY}".encode())
    for form in (OPENAI_KEY.encode(), base64.b64encode(OPENAI_KEY.encode()), coded):
        assert form not in kept
    assert b"[redacted:OPENAI_API_KEY:1]" in kept
    place.env = {}
    replayed = place.replay()
    assert replayed.same(recorded), f"{recorded}\n{replayed}"
