"""What the machine and the process are: asked once, the same for the whole run."""

# ruff: noqa: PLW0108 - called by name, for the name is replaced

from __future__ import annotations

import getpass
import grp
import locale
import os
import pickle
import platform
import pwd
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from unit.hooks.fakes import Tape

from agentrr_hooks import facts, facts_zone
from agentrr_sandbox import real

ASKED: dict[str, Callable[[], Any]] = {
    "os.getpid": lambda: os.getpid(),
    "os.getppid": lambda: os.getppid(),
    "os.getuid": lambda: os.getuid(),
    "os.getgroups": lambda: os.getgroups(),
    "os.cpu_count": lambda: os.cpu_count(),
    "os.sched_getaffinity(0)": lambda: os.sched_getaffinity(0),
    "os.uname": lambda: os.uname(),
    "socket.gethostname": lambda: socket.gethostname(),
    "socket.getfqdn": lambda: socket.getfqdn(),
    "getpass.getuser": lambda: getpass.getuser(),
    "pwd.getpwuid(0)": lambda: pwd.getpwuid(0),
    "grp.getgrgid(0)": lambda: grp.getgrgid(0),
    "platform.platform": lambda: platform.platform(),
    "platform.uname": lambda: platform.uname(),
    "platform.python_version_tuple": lambda: platform.python_version_tuple(),
    "locale.getlocale()": lambda: locale.getlocale(),
    "locale.localeconv()": lambda: locale.localeconv(),
}


@pytest.mark.parametrize("name", ASKED)
def test_an_answer_is_a_fact_of_the_run(name: str) -> None:
    tape, ask = Tape(), ASKED[name]
    bare = ask()
    with tape.recording(facts):
        recorded = ask()
        assert (recorded, type(recorded)) == (bare, type(bare))
    assert name in tape.facts
    with tape.replaying(facts):
        served = ask()
        assert (served, type(served)) == (bare, type(bare))


def test_what_is_served_is_the_recorded_machine() -> None:
    tape = Tape()
    tape.facts = {
        facts_zone.FACT: facts_zone.zone_here(),
        "os.getpid": 4242,
        "socket.gethostname": "elsewhere",
        "os.uname": ["Plan9", "elsewhere", "4", "4th", "mips"],
        "platform.uname": ["Plan9", "elsewhere", "4", "4th", "mips", "mips"],
    }
    with tape.replaying(facts):
        assert (os.getpid(), socket.gethostname()) == (4242, "elsewhere")
        assert os.uname().sysname == "Plan9"
        assert platform.uname().processor == "mips"
        assert platform.uname()._asdict()["system"] == "Plan9"


def test_what_is_given_out_can_be_changed() -> None:
    with Tape().recording(facts):
        os.sched_getaffinity(0).clear()
        assert os.sched_getaffinity(0)
        dict.clear(locale.localeconv())  # type: ignore[arg-type] # it is one
        assert locale.localeconv()


def test_an_error_is_an_answer_too() -> None:
    tape = Tape()
    with pytest.raises(KeyError) as bare:
        pwd.getpwnam("no such user")
    with tape.recording(facts), pytest.raises(KeyError) as recorded:
        pwd.getpwnam("no such user")
    with tape.replaying(facts), pytest.raises(KeyError) as served:
        pwd.getpwnam("no such user")
    assert str(bare.value) == str(recorded.value) == str(served.value)


def test_errors_of_the_system_keep_their_kind_and_number() -> None:
    with pytest.raises(OSError, match="Bad file") as bare:
        os.get_terminal_size(999)
    tape = Tape()
    with tape.recording(facts), pytest.raises(OSError, match="Bad file"):
        os.get_terminal_size(999)
    with tape.replaying(facts), pytest.raises(OSError, match="Bad file") as served:
        os.get_terminal_size(999)
    assert (type(served.value), served.value.args) == (type(bare.value), bare.value.args)
    assert type(facts.error_of(["OSError", 2, "gone"])) is FileNotFoundError


def test_the_terminal_is_a_fact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    tape = Tape()
    tape.facts = {facts_zone.FACT: facts_zone.zone_here(), "os.get_terminal_size(1)": [132, 43]}
    with tape.replaying(facts):
        size = os.get_terminal_size(1)
    assert (size.columns, size.lines, type(size)) == (132, 43, os.terminal_size)
    assert shutil.get_terminal_size().columns > 0


def test_they_pickle_as_the_functions_that_they_stand_for() -> None:
    with Tape().recording(facts):
        stored = pickle.dumps(os.getpid)
        assert pickle.loads(stored)() == os.getpid()
    assert pickle.loads(stored)() == os.getpid()


def test_a_stand_in_does_not_bind() -> None:
    with Tape().recording(facts):

        class Config:
            ident = os.getpid

        config: Any = Config()
        assert config.ident() == os.getpid()


def test_the_load_is_read_each_time() -> None:
    tape = Tape()
    with tape.recording(facts):
        first, second = os.getloadavg(), os.getloadavg()
    with tape.replaying(facts):
        assert (os.getloadavg(), os.getloadavg()) == (first, second)
    assert len(tape.calls("os.getloadavg")) == 2


@pytest.fixture
def _locale() -> Iterator[None]:
    kept = locale.setlocale(locale.LC_ALL)
    yield
    locale.setlocale(locale.LC_ALL, kept)


@pytest.mark.usefixtures("_locale")
def test_the_locale_is_what_the_script_has_set() -> None:
    def run() -> list[Any]:
        found: list[Any] = [locale.setlocale(locale.LC_ALL, "C"), locale.getlocale()]
        found += [locale.setlocale(locale.LC_ALL, "C.UTF-8"), locale.getlocale()]
        found.append(locale.setlocale(locale.LC_CTYPE))
        with pytest.raises(locale.Error) as raised:
            locale.setlocale(locale.LC_ALL, "xx_NOWHERE")
        return [*found, str(raised.value), locale.getlocale()]

    bare, tape = run(), Tape()
    locale.setlocale(locale.LC_ALL, "C")
    with tape.recording(facts):
        assert run() == bare
    locale.setlocale(locale.LC_ALL, "C")
    with tape.replaying(facts):
        assert run() == bare
        assert locale.localeconv.__name__ == "localeconv"
    assert locale.setlocale(locale.LC_CTYPE) == "C.UTF-8"  # a replay sets it, for C code


@pytest.mark.usefixtures("_locale")
def test_a_locale_that_is_not_here_is_served_by_name() -> None:
    tape = Tape()
    name = f"locale.setlocale({locale.LC_ALL}, 'tlh_QO')"
    tape.facts = {facts_zone.FACT: facts_zone.zone_here(), name: ["ok", "tlh_QO"]}
    with tape.replaying(facts):
        assert locale.setlocale(locale.LC_ALL, "tlh_QO") == "tlh_QO"


@pytest.fixture
def _zone() -> Iterator[None]:
    yield
    os.unsetenv("TZ")
    if "TZ" in os.environ:
        os.putenv("TZ", os.environ["TZ"])
    time.tzset()


@pytest.mark.usefixtures("_zone")
@pytest.mark.parametrize(
    ("zone", "names", "offset"),
    [
        (["Asia/Tokyo", "JST-9"], ("JST", "JST"), -9 * 3600),
        (["No/Such_Zone", "CET-1CEST,M3.5.0,M10.5.0/3"], ("CET", "CEST"), -3600),
        (["EST5EDT", ""], ("EST", "EDT"), 5 * 3600),
    ],
)
def test_a_replay_lives_in_the_recorded_zone(
    zone: list[str], names: tuple[str, str], offset: int
) -> None:
    tape, before = Tape(), dict(os.environ)
    tape.facts = {facts_zone.FACT: zone}
    with tape.replaying(facts):
        assert (time.tzname, time.timezone) == (names, offset)
        assert time.localtime(1_700_000_000).tm_gmtoff == -offset
        assert dict(os.environ) == before


@pytest.mark.usefixtures("_zone")
def test_a_recording_leaves_the_zone_alone() -> None:
    tape, before = Tape(), time.tzname
    with tape.recording(facts):
        assert time.tzname == before
    assert tape.facts[facts_zone.FACT] == facts_zone.zone_here()


def test_a_rule_is_the_last_line_of_the_zone_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "localtime"
    file.write_bytes(b"TZif2" + bytes(40) + b"\nCET-1CEST,M3.5.0,M10.5.0/3\n")
    monkeypatch.setattr(facts_zone, "LINK", str(file))
    monkeypatch.setattr(real, "environ", {})
    rule = "CET-1CEST,M3.5.0,M10.5.0/3"
    assert facts_zone.zone_here() == [rule, rule]
    linked = tmp_path / "zoneinfo" / "Europe" / "Berlin"
    linked.parent.mkdir(parents=True)
    file.rename(linked)
    file.symlink_to(linked)
    assert facts_zone.zone_here() == ["Europe/Berlin", rule]
    linked.write_bytes(b"not a zone")
    name, computed = facts_zone.zone_here()
    assert (name, computed[0]) == ("Europe/Berlin", "<")
    monkeypatch.setattr(real, "environ", {"TZ": "EST5EDT"})
    assert facts_zone.zone_here() == ["EST5EDT", ""]
