from __future__ import annotations

from pathlib import Path

import pytest

from agentrr_sandbox.recording import codec
from agentrr_sandbox.recording.cleaning import Cleaner
from agentrr_sandbox.recording.redaction import Redactor
from agentrr_sandbox.recording.roots import Roots
from agentrr_sandbox.seal import content
from agentrr_sandbox.seal.paths import Paths

SECRET = "sk-proj-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZg"


def cleaner(code: str, **environment: str) -> Cleaner:
    return Cleaner(Redactor(environment, b"salt" * 4), Roots({"code": code}))


def passed(data: bytes, here: Cleaner, there: Cleaner) -> bytes | None:
    """What a replay on another machine gets of a file that held *data*."""
    stored = here.tree(codec.encode(content.value(data, here)))
    return content.restored(codec.decode(there.localize(stored)))


@pytest.mark.parametrize(
    "data",
    [b"", b"text", "é\r\n".encode(), bytes(range(256)), b"\xff/home/a/x", b"\xff[root:code]"],
)
def test_what_was_stored_comes_back(data: bytes) -> None:
    here = cleaner("/home/a")
    assert passed(data, here, here) == data


def test_paths_in_text_mean_the_other_machine() -> None:
    there = passed(b"see /home/a/x", cleaner("/home/a"), cleaner("/srv/agents"))
    assert there == b"see /srv/agents/x"


def test_paths_in_other_formats_keep_their_length() -> None:
    data = b"\xff\x00/home/a/x\x00"
    assert passed(data, cleaner("/home/a"), cleaner("/srv/agents")) == data


def test_secrets_are_redacted_in_both() -> None:
    here = cleaner("/home/a", OPENAI_API_KEY=SECRET)
    for data in (SECRET.encode(), b"\xff/home/a " + SECRET.encode(), b"\xff " + SECRET.encode()):
        assert SECRET not in str(here.tree(codec.encode(content.value(data, here))))
        assert SECRET.encode() not in (passed(data, here, here) or b"")


@pytest.mark.parametrize("piece", [7, 64, 1 << 20])
@pytest.mark.parametrize(
    "data",
    [
        b"", b"\n", b"x" * 3000, b"\xff\n" * 90, b"a line in /home/a/x\n" * 90 + b"\xff",
        f"{SECRET} in /home/a/x, \u00e9\n".encode() * 90, b"no end\nof it",
    ],
)  # fmt: skip
def test_the_name_of_a_large_file_is_the_name_of_its_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int, data: bytes
) -> None:
    monkeypatch.setattr(content, "PIECE", piece)
    (tmp_path / "x").write_bytes(data)
    here = cleaner("/home/a", OPENAI_API_KEY=SECRET)
    assert content.name_of(str(tmp_path / "x"), here) == content.name(data, here)


def test_a_line_without_end_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "PIECE", 10)
    monkeypatch.setattr(content, "_LINE", 40)
    (tmp_path / "x").write_bytes(b"y" * 1000)
    assert content.name_of(str(tmp_path / "x"), cleaner("/home/a")) == content.name(
        b"y" * 1000, cleaner("/home/a")
    )


def test_two_machines_agree_on_a_name() -> None:
    text = "key={} in {}/x"
    here = cleaner("/home/a", OPENAI_API_KEY=SECRET)
    there = cleaner("/srv/b")
    assert content.name(text.format(SECRET, "/home/a").encode(), here) == content.name(
        text.format(SECRET, "/srv/b").encode(), there
    )
    assert content.name(b"x", here) != content.name(b"y", here)
    assert content.name(b"\xff", here) == content.name(b"\xff", there)


def test_load_stops_at_its_limit(tmp_path: Path) -> None:
    content.save(str(tmp_path / "x"), b"12345")
    assert content.load(str(tmp_path / "x"), 3) == b"123"
    assert content.load(str(tmp_path / "x")) == b"12345"
    with pytest.raises(FileExistsError):
        content.save(str(tmp_path / "x"), b"")


@pytest.mark.parametrize(
    ("path", "absolute"),
    [("/a/../b", "/b"), ("/a//b/", "/a/b"), ("/a/.b", "/a/.b"), ("x", "/here/x"), ("..", "/")],
)
def test_paths_become_absolute(path: str, absolute: str) -> None:
    paths = Paths()
    paths.moved_to = "/here"
    assert paths.absolute(path) == absolute


@pytest.mark.parametrize(
    ("path", "matters"),
    [
        ("/home/a/x.txt", True),
        ("/home/a/.venv/lib/python3.12/site-packages/x/y.txt", False),
        ("/home/a/__pycache__/x.cpython-312.pyc", False),
        ("/dev/null", False),
        ("/dev/fd/3", False),
        ("/proc/uptime", True),
        (pytest.__file__, False),
        (content.__file__, False),
    ],
)
def test_whose_a_path_is(path: str, matters: bool) -> None:
    assert Paths().matters(path) == matters
