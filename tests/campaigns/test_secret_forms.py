"""A secret that the program encodes: none of its forms is on the disk, and replay matches."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from harness import Place
from model_server import ModelServer

KEY = "sk-proj-Qw3rTy7uIo1pAs5dQw3rTy7uIo1pAs5dQw3rTy"
PIN = "9182736450"

AGENT = """\
import base64, json, os, sys, urllib.parse

import httpx

def b64(text):
    return base64.b64encode(text.encode()).decode()

{origin}
forms = [
    key, key.encode().hex(), key.encode().hex().upper(), b64(key), b64("user:" + key),
    b64("x" + key), b64("xy" + key), base64.urlsafe_b64encode(b"ab?>" + key.encode()).decode(),
    urllib.parse.quote(key, safe=""), json.dumps(key), key.upper(), key.lower(), key[::-1],
]
with httpx.Client(base_url=os.environ["HTTP_BASE_URL"]) as client:
    for form in forms:
        body = client.post("/post", json={{"note": form, "and": ["here: " + form]}}).json()
        print(body["method"], form)
        client.get("/get", params={{"q": form}}, headers={{"x-note": form}})
    if pin:
        client.post("/post", json={{"number": int(pin)}})
raise ValueError(forms[4])
"""
ORIGINS = {
    "environment": "key, pin = os.environ['OPENAI_API_KEY'], os.environ['CARD_PASSWORD']",
    "file": "key, pin = json.load(open('keys.json'))['api_key'], ''",
    "argv": "key, pin = sys.argv[2], ''",
}


@pytest.mark.parametrize("origin", ORIGINS)
def test_no_form_of_a_secret_is_on_the_disk(origin: str, tmp_path: Path) -> None:
    agent = AGENT.format(origin=ORIGINS[origin])
    (tmp_path / "agent.py").write_text(agent)
    (tmp_path / "keys.json").write_text(json.dumps({"api_key": KEY}))
    place = Place(tmp_path)
    with ModelServer() as server:
        place.env = {"HTTP_BASE_URL": server.url}
        if origin == "environment":
            place.env |= {"OPENAI_API_KEY": KEY, "CARD_PASSWORD": PIN}
        recorded = place.record("agent.py", *(["--api-key", KEY] if origin == "argv" else []))
    assert recorded.err.strip().startswith(b"Traceback"), recorded
    printed = [line.split()[1].strip('"') for line in recorded.out.decode().splitlines()]
    kept = (tmp_path / "run.jsonl").read_text()
    assert len(printed) == 13
    assert [form for form in (*printed, f"x{PIN}x") if form[1:-1] in kept] == []
    # in a copy where the file is gone, what it held is served with placeholders
    for gone in (False, True) if origin == "file" else (False,):
        if gone:
            os.unlink(tmp_path / "keys.json")
        place.env = {}
        replayed = place.replay("run.jsonl", "--check")
        assert replayed.code == 0, replayed
