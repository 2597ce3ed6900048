"""`--pickle` and `--allow-pickle`: what JSON cannot hold, end to end."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import Place

SHOP = """\
import time

def rule(n):
    time.time()
    return lambda x: x * n

def thing(n):
    class Local:
        def __init__(self):
            self.n = n
        def __repr__(self):
            return f"<thing {self.n}>"
    return [Local(), {"plain": 1}]

def bad():
    raise ValueError(lambda: "from an argument")
"""
AGENT = """\
import shop, time, uuid
print(shop.rule(3)(5), shop.thing(7), uuid.uuid4())
try:
    shop.bad()
except ValueError as error:
    print(error.args[0]())
print(time.time())
"""
HOSTILE = """\
import os
class Bomb:
    def __init__(self, path):
        self.path = path
    def __reduce__(self):
        return os.system, ("true",)
def rule(n):
    bomb = Bomb("x")
    return lambda: bomb
"""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    for name, text in [
        ("shop.py", SHOP),
        ("agent.py", AGENT),
        ("agentrr.toml", 'boundaries = ["shop:rule", "shop:thing", "shop:bad"]\n'),
    ]:
        (tmp_path / name).write_text(text)
    return Place(tmp_path, {"XDG_CONFIG_HOME": str(tmp_path / "config")})


@pytest.mark.parametrize("tools", ["serve", "rerun"])
def test_a_pickled_answer_comes_back(place: Place, tools: str) -> None:
    recorded = place.record("--pickle", "agent.py")
    assert recorded.code == 0, recorded
    assert b"15 [<thing 7>, {'plain': 1}]" in recorded.out
    assert b"from an argument" in recorded.out
    assert place.replay("run.jsonl", "--tools", tools).same(recorded)
    assert (place.folder / "config/agentrr/key").stat().st_mode & 0o777 == 0o600


def test_without_pickle_the_replay_stops_there(place: Place) -> None:
    assert place.record("agent.py").code == 0
    assert [e["unencodable"] for e in place.events() if "unencodable" in e]
    replayed = place.replay("run.jsonl", "--tools", "serve")
    assert replayed.code == 125, replayed
    assert b"cannot be served: builtins.function: no exact form is known" in replayed.err
    assert b"Traceback" not in replayed.err


def test_another_machine_loads_it_only_if_allowed(place: Place) -> None:
    recorded = place.record("--pickle", "agent.py")
    place.env["XDG_CONFIG_HOME"] = str(place.folder / "elsewhere")
    refused = place.replay("run.jsonl")
    assert refused.code == 125, refused
    assert b"--allow-pickle" in refused.err
    assert b"Traceback" not in refused.err
    allowed = place.replay("run.jsonl", "--allow-pickle")
    assert (allowed.code, allowed.out) == (0, recorded.out), allowed
    assert b"it names cloudpickle.cloudpickle._make_function" in allowed.err
    assert b"cannot be told" not in allowed.err


def test_what_it_names_is_said_before_it_is_loaded(place: Place) -> None:
    (place.folder / "shop.py").write_text(HOSTILE)
    (place.folder / "agent.py").write_text("import shop\nshop.rule(1)\n")
    assert place.record("--pickle", "agent.py").code == 0
    place.env["XDG_CONFIG_HOME"] = str(place.folder / "elsewhere")
    replayed = place.replay("run.jsonl", "--allow-pickle", "--tools", "serve")
    said, loaded = (replayed.err.find(part) for part in (b"it names", b"replay stopped os.system"))
    assert -1 < said < loaded, replayed
    assert b".system" in replayed.err[said:loaded]
    assert replayed.code == 77, replayed


def test_a_key_that_others_can_read(place: Place) -> None:
    assert place.record("--pickle", "agent.py").code == 0
    key = place.folder / "config/agentrr/key"
    key.chmod(0o644)
    recorded = place.record("--pickle", "agent.py", to="second.jsonl")
    assert recorded.code == 74, recorded
    assert b"can be read by others" in recorded.err
    assert b"chmod 600" in recorded.err
    assert recorded.out == b""
    replayed = place.replay("run.jsonl")
    assert replayed.code == 125, replayed
    assert b"can be read by others" in replayed.err


def test_a_secret_is_never_put_into_a_pickle(place: Place) -> None:
    secret = "sk-abcdefghijklmnop1234567890ABCDEFGH"
    place.env["OPENAI_API_KEY"] = secret
    agent = 'import os, shop\nprint(shop.rule(2)(1))\nshop.rule(os.environ["OPENAI_API_KEY"])\n'
    (place.folder / "agent.py").write_text(agent)
    assert place.record("--pickle", "agent.py").code == 0
    refusals = [e["unencodable"] for e in place.events() if "unencodable" in e]
    assert refusals == ["function: its pickle would hold a secret"]
