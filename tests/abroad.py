"""Another place to replay in: another user, environment, folder, HOME, TMP, time zone, terminal.

The environment has the same Python and the same packages under another prefix.  As root the user is
`nobody`, and the interpreter and the checkout are made readable for them where they are not.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import shutil
import struct
import sys
import sysconfig
import tempfile
import termios
from pathlib import Path
from typing import Self

from harness import ROOT, Place, Ran

NOBODY = 65534
_LEFT_OUT = ("test", "idlelib", "tkinter", "turtledemo", "ensurepip", "site-packages")
_VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
_SIZE = struct.pack("4H", 7, 33, 0, 0)


class Abroad:
    """A place that lasts as long as its `with` block."""

    def __init__(self) -> None:
        self._root = Path(tempfile.mkdtemp(prefix="agentrr-abroad-")).resolve()
        self._root.chmod(0o755)
        self.user = NOBODY if os.getuid() == 0 and _open_to_all(self._root) else None
        self.env = {"TZ": "America/Lima", "TERM": "dumb", "COLUMNS": "33", "USER": "somebody"}
        self.moved: dict[str, str] = {}
        base = self._base()
        self.prefix = self._root / "venv"
        self.python = str(self._venv(base))
        self._checkout = self._root / "checkout"
        for name in ("agentrr_sandbox", "hooks"):
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, self._checkout / name, ignore=ignore)
        (self._checkout / "tests").mkdir()
        shutil.copy(ROOT / "tests" / "command.py", self._checkout / "tests")
        self._give(self._checkout)  # what is compiled is kept there

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._root)

    def _base(self) -> Path:
        """Return the prefix of a Python that this user may run: ours, or the same in our folder."""
        base = Path(sys.base_prefix).resolve()
        executable = Path(sys.executable).resolve()
        if self.user is None or (_open_to_all(base) and _open_to_all(executable)):
            return base
        copy = self._root / "base"
        (copy / "bin").mkdir(parents=True)
        _link(str(executable), str(copy / "bin" / _VERSION))
        ignore = shutil.ignore_patterns(*_LEFT_OUT)
        stdlib = sysconfig.get_path("stdlib")
        shutil.copytree(
            stdlib, copy / "lib" / _VERSION, ignore=ignore, copy_function=_link, symlinks=True
        )
        for library in (base / "lib").glob("libpython*.so*"):
            _link(str(library), str(copy / "lib" / library.name))
        self.env["LD_LIBRARY_PATH"] = str(copy / "lib")
        self.moved[stdlib] = str(copy / "lib" / _VERSION)
        return copy

    def _venv(self, base: Path) -> Path:
        """Make an environment of *base* with our packages, and return its interpreter."""
        (self.prefix / "bin").mkdir(parents=True)
        python = self.prefix / "bin" / "python"
        python.symlink_to(base / "bin" / _VERSION)
        lines = [f"home = {base / 'bin'}", "include-system-site-packages = false"]
        (self.prefix / "pyvenv.cfg").write_text("\n".join(lines) + "\n")
        ours = sysconfig.get_path("purelib")
        theirs = self.prefix / "lib" / _VERSION / "site-packages"
        theirs.parent.mkdir(parents=True)
        if self.user is None or _open_to_all(Path(ours)):
            theirs.symlink_to(ours)
        else:
            shutil.copytree(ours, theirs, copy_function=_link, symlinks=True)
        self.moved[sys.prefix] = str(self.prefix)
        return python

    def place(self) -> Place:
        """Return a new folder with a HOME and a TMP beside it."""
        parent = Path(tempfile.mkdtemp(dir=self._root))
        parent.chmod(0o755)
        env = dict(self.env)
        for name, variable in (("home", "HOME"), ("tmp", "TMPDIR"), ("where", "")):
            (parent / name).mkdir()
            if variable:
                env[variable] = str(parent / name)
        return Place(parent / "where", env, self.python, self._checkout, self.user)

    def hand_over(self, place: Place) -> None:
        """What is in the folders of *place* is the other user's."""
        self._give(place.folder.parent)

    def _give(self, top: Path) -> None:
        if self.user is not None:
            for folder, _, names in os.walk(top):
                for path in (folder, *(os.path.join(folder, name) for name in names)):
                    os.chown(path, self.user, self.user)

    def replayed(self, place: Place, *argv: str) -> Ran:
        """Replay at *place* with a terminal as stdin: one in which nobody will ever type."""
        ours, theirs = pty.openpty()
        try:
            fcntl.ioctl(theirs, termios.TIOCSWINSZ, _SIZE)
            return place.agentrr("replay", "-q", *argv, stdin=theirs)
        finally:
            os.close(ours)
            os.close(theirs)

    def spelled(self, text: bytes, moved: dict[str, str]) -> bytes:
        """Return *text* with every path below a moved folder as it is spelled here."""
        table = {old.encode(): new.encode() for old, new in {**self.moved, **moved}.items()}
        olds = sorted(map(re.escape, table), key=len, reverse=True)
        pattern = rb"(?:" + b"|".join(olds) + rb")(?![\w-]|\.\w)"
        return re.sub(pattern, lambda found: table[found[0]], text)


def _link(source: str, target: str) -> None:
    """The same file under another name, where the file system allows it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _open_to_all(path: Path) -> bool:
    """Whether every user may read *path*."""
    if not path.stat().st_mode & 0o004:
        return False
    return all(folder.stat().st_mode & 0o001 for folder in path.parents)
