from __future__ import annotations

import hashlib
import hmac as standard
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from agentrr_sandbox.errors import CannotRecord, Undecodable, Unencodable
from agentrr_sandbox.recording import codec, gate
from agentrr_sandbox.recording.gate import Pickles
from agentrr_sandbox.recording.jsontext import dumps, loads

KEY = b"k" * 32


def test_what_the_codec_refuses_is_pickled() -> None:
    pickles = Pickles(KEY, b"salt")
    stored = loads(dumps(codec.encode([1, lambda x: x + 1, {"a": (iter,)}], pickles=pickles)))
    found = codec.decode(stored, pickles=pickles)
    assert found[1](2) == 3
    assert found[0] == 1
    assert stored[0] == 1


def test_what_not_even_a_pickle_holds() -> None:
    with open("/dev/null", "rb") as file, pytest.raises(Unencodable, match="not even a pickle"):
        codec.encode([file], pickles=Pickles(KEY, b""))


@pytest.mark.parametrize(
    "reader", [None, Pickles(b"o" * 32, b"salt"), Pickles(KEY, b"another recording")],
    ids=["none", "key", "salt"],
)  # fmt: skip
def test_not_proven_is_not_loaded(reader: Pickles | None, tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(tmp_path / "ran"),)

    stored = Pickles(KEY, b"salt").encode(Bomb())
    with pytest.raises(Undecodable) as info:
        codec.decode([stored], pickles=reader)
    assert "--allow-pickle" in info.value.hint
    assert not (tmp_path / "ran").exists()
    codec.decode([stored], pickles=Pickles(b"", b"", allow=True))
    assert (tmp_path / "ran").exists()


def test_hmac_is_the_standard_one() -> None:
    for message in (b"", b"x" * 200):
        assert gate.hmac(KEY, message) == standard.digest(KEY, message, hashlib.sha256)


def test_key_is_made_once_and_private(tmp_path: Path) -> None:
    path = gate.key_path({"XDG_CONFIG_HOME": str(tmp_path / "new")})
    assert gate.machine_key(path, create=False) is None
    key = gate.machine_key(path, create=True)
    assert key is not None
    assert len(key) == 32
    assert gate.machine_key(path, create=True) == key == gate.machine_key(path, create=False)
    assert Path(path).stat().st_mode & 0o777 == 0o600
    assert gate.key_path({"HOME": "/h"}) == "/h/.config/agentrr/key"


def test_key_that_others_can_read(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(KEY)
    path.chmod(0o644)
    with pytest.raises(CannotRecord, match="read by others") as info:
        gate.machine_key(str(path), create=False)
    assert "chmod 600" in info.value.hint


def test_key_that_is_damaged_or_a_link(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"short")
    path.chmod(0o600)
    with pytest.raises(CannotRecord, match="damaged"):
        gate.machine_key(str(path), create=True)
    link = tmp_path / "link"
    link.symlink_to(path)
    with pytest.raises(CannotRecord, match="cannot be used"):
        gate.machine_key(str(link), create=False)


def test_a_value_whose_pickle_would_hold_a_secret() -> None:
    pickles = Pickles(KEY, b"salt", secret=lambda data: b"hunter2" in data)
    assert pickles.encode(lambda: 1)["$"] == "pickle"
    with pytest.raises(Unencodable, match="would hold a secret"):
        pickles.encode(lambda: "hunter2")


def test_without_cloudpickle(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = Pickles(KEY, b"salt").encode(os.getpid)
    monkeypatch.setitem(sys.modules, "cloudpickle", None)
    with pytest.raises(Unencodable, match="--pickle needs cloudpickle"):
        Pickles(KEY, b"salt").encode(os.getpid)
    assert Pickles(KEY, b"salt").decode(stored) is os.getpid, "this one does not need it"
