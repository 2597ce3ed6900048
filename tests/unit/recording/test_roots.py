# ruff: noqa: E501 - tables of cases
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentrr_sandbox import frames
from agentrr_sandbox.recording.roots import Roots

HERE = Roots(
    {
        "code": "/home/ann/proj",
        "cwd": "/home/ann/proj",
        "prefix": "/home/ann/proj/.venv",
        "stdlib": "/usr/lib/python3.12",
        "home": "/home/ann",
        "tmp": "/tmp",
    }
)
THERE = Roots(
    {
        "code": "/srv/x",
        "cwd": "/srv/x",
        "prefix": "/opt/venv",
        "stdlib": "/opt/py/lib/python3.12",
        "home": "/root",
        "tmp": "/var/tmp",
    }
)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("/home/ann/proj", "[root:code]"),
        ("/home/ann/proj/a.py:3", "[root:code]/a.py:3"),
        ("/home/ann/proj2/a.py", "[root:home]/proj2/a.py"),
        ("/home/ann/proj.bak", "[root:home]/proj.bak"),
        ("at /home/ann/proj.", "at [root:code]."),
        ("/home/anna", "/home/anna"),
        ("/mnt/home/ann/x", "/mnt/home/ann/x"),
        ("file:///home/ann/x", "file://[root:home]/x"),
        ('"/home/ann/proj/.venv/lib"', '"[root:prefix]/lib"'),
        ("/home/ann/proj/home/ann", "[root:code]/home/ann"),
        ("/tmp, /tmp/x and /tmpx", "[root:tmp], [root:tmp]/x and /tmpx"),
        ("[root:code]/x", "[root:!code]/x"),
        ("[root:!", "[root:!!"),
        ("[/home/ann]", "[[root:home]]"),
        ("nothing", "nothing"),
    ],
)
def test_map(text: str, stored: str) -> None:
    assert HERE.map(text) == stored
    assert HERE.localize(stored) == text
    assert HERE.hit(text) or text == stored


def test_another_machine_maps_to_the_same_text() -> None:
    for text in ("/home/ann/proj/a.py", "/tmp/x", "/home/ann/.cache", "[root:code]"):
        assert THERE.map(THERE.localize(HERE.map(text))) == HERE.map(text)
    assert THERE.localize("[root:code]/a") == "/srv/x/a"


def test_a_root_that_is_not_known_stays() -> None:
    assert HERE.localize("[root:moon]/x [root:") == "[root:moon]/x [root:"


def test_short_roots() -> None:
    roots = Roots({"code": "/app", "cwd": "/", "home": "/root"})
    assert roots.map("/app /app/x / /root") == "/app [root:code]/x / [root:home]"
    assert roots.names["cwd"] == ""


pieces = st.sampled_from(
    ["/home/ann", "/proj", "/home/ann/proj", "/.venv", "/tmp", "[root:", "code]", "!", "/", "x", ".",
     "-", " ", "]", "[", "[root:home]", "/usr/lib/python3.12", "\n", "ä"]
)  # fmt: skip


@given(st.lists(pieces, max_size=12).map("".join) | st.text())
def test_localize_undoes_map(text: str) -> None:
    stored = HERE.map(text)
    assert HERE.localize(stored) == text
    assert HERE.hit(text) or stored == text
    assert THERE.map(THERE.localize(stored)) == THERE.map(
        THERE.localize(HERE.map(HERE.localize(stored)))
    )


@pytest.mark.parametrize(
    ("filename", "user"),
    [
        ("/home/ann/proj/agent.py", True),
        ("/home/ann/proj/pkg/tool.py", True),
        ("/home/ann/proj/.venv/lib/python3.12/site-packages/x.py", False),
        ("/home/ann/proj/.venv/bin/x", False),
        ("/home/ann/proj/vendor/site-packages/x.py", False),
        ("/home/ann/other.py", False),
        ("/usr/lib/python3.12/json/__init__.py", False),
        ("<string>", True),
        ("<stdin>", True),
        ("<frozen importlib._bootstrap>", False),
        ("agent.py", False),
    ],
)
def test_owner(filename: str, user: bool) -> None:
    assert HERE.user(filename) is user


def test_owner_in_odd_places() -> None:
    assert Roots({"code": "/usr/src/app", "prefix": "/usr"}).user("/usr/src/app/a.py")
    assert Roots({"code": "/", "stdlib": "/usr/lib"}).user("/agent.py")
    assert not Roots({"code": "/", "stdlib": "/usr/lib"}).user("/usr/lib/json.py")
    assert not Roots({}).user("/agent.py")
    ours = f"{frames.PLACES[0]}boundary.py"
    assert not Roots({"code": ours.rpartition("/agentrr_sandbox/")[0]}).user(ours)
