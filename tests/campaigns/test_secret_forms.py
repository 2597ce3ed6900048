"""A secret that the program encodes: none of its forms is on the disk, and replay matches."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from harness import Place
from model_server import ModelServer

pytestmark = pytest.mark.once

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


SENDER = """\
import os, httpx
first, second = os.environ["FIRST_API_KEY"], os.environ["SECOND_API_KEY"]
with httpx.Client(base_url=os.environ["HTTP_BASE_URL"]) as client:
    held = client.get(os.environ["VENDOR_PATH"]).json()["args"]
    key, other = held["api_key"], held["secret"]
    print(f"Authorization: Bearer {first}", f"and {second}", key, other)
    client.get("/get", params={"q": first}, headers={"x-note": f"Bearer {second}"})
    client.post("/post", json={"password": key, "note": [other, second]})
print(repr({"password": "made-1-of-it", "api_key": key}))
"""
CHANGES = {
    "variables in the output": ("Bearer {first}", "Bearer {second}"),
    "a prefix in the output": ("Bearer {first}", "Bearer x{first}"),
    "parts of an answer in the output": ('{second}", key, other', '{second}", other, key'),
    "variables in a URL": ('"q": first', '"q": second'),
    "variables in a header": ('Bearer {second}"}', 'Bearer {first}"}'),
    "a prefix under a name": ('"password": key', '"password": "x" + key'),
    "parts of an answer in a body": ("[other, second]", "[key, second]"),
    "a secret of its own for one of an answer": ('"api_key": key}', '"api_key": "made-1-of-it"}'),
}


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("sent"))
    (place.folder / "agent.py").write_text(SENDER)
    query = "/get?api_key=c0c0c0c0c0c0c0c0&secret=d1d1d1d1d1d1d1d1"
    with ModelServer() as server:
        place.env = {
            "HTTP_BASE_URL": server.url, "FIRST_API_KEY": "a0a0a0a0a0a0a0a0",
            "SECOND_API_KEY": "b0b0b0b0b0b0b0b0", "VENDOR_PATH": query,
        }  # fmt: skip
        recorded = place.record("agent.py")
    assert recorded.code == 0, recorded
    place.env = {}
    assert place.replay("run.jsonl", "--check").code == 0
    return place


@pytest.mark.parametrize("change", CHANGES)
def test_another_secret_in_its_place_is_a_divergence(change: str, sent: Place) -> None:
    old, new = CHANGES[change]
    assert SENDER.count(old) == 1
    (sent.folder / "agent.py").write_text(SENDER.replace(old, new))
    replayed = sent.replay("run.jsonl", "--check")
    assert replayed.code == 76, replayed


FRAMED = {
    "netrc": ("machine h login ann password swordF1sh\n", "text.split()[-1]"),
    "deploy.yaml": (
        "env:\n- name: DB_PASSWORD\n  value: swordF1sh\n- name: A\n  value: b\n",
        "text.split()[5]",
    ),
    "users.csv": ("user,password\nann,swordF1sh\n", "text.split(',')[-1].strip()"),
    "settings.yaml": ("password:\n  swordF1sh\n", "text.split()[1]"),
    "settings.env": ("A=1\nDB_PASSWORD=sword fish sword\n", "text.split('=')[-1].strip()"),
    "answer.json": ('{"password": "swordFishSword"}', "json.loads(text)['password']"),
    "env.json": (
        '[{"name": "DB_PASSWORD", "value": "swordF1sh"}]',
        "json.loads(text)[0]['value']",
    ),
}
FRAMED_AGENT = """\
import json, os, httpx
with open("{name}") as file:
    text = file.read()
found = {found}
assert "sword" in found.lower() or "redacted" in found
with httpx.Client(base_url=os.environ["HTTP_BASE_URL"]) as client:
    print(client.post("/post", json={{"note": "it is " + found}}).status_code)
print("it is", found, found.encode().hex())
"""


@pytest.mark.parametrize("name", FRAMED)
def test_a_secret_that_stands_near_its_name(name: str, tmp_path: Path) -> None:
    content, found = FRAMED[name]
    (tmp_path / "agent.py").write_text(FRAMED_AGENT.format(name=name, found=found))
    (tmp_path / name).write_text(content)
    place = Place(tmp_path)
    with ModelServer() as server:
        place.env = {"HTTP_BASE_URL": server.url}
        recorded = place.record("agent.py")
    secret = recorded.out.splitlines()[1].removeprefix(b"it is ")
    assert b"sword" in secret.lower(), recorded
    kept = (tmp_path / "run.jsonl").read_bytes()
    assert [form for form in secret.rsplit(b" ", 1) if form in kept] == []
    place.env = {}
    for gone in (False, True):
        if gone:
            (tmp_path / name).unlink()
        replayed = place.replay("run.jsonl", "--check")
        assert replayed.code == 0, replayed
