"""The script cannot tell: bare python and `agentrr run`, byte for byte."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from harness import Place, Ran


@dataclass
class Case:
    """A program: its files, the words after `python`, its stdin, and its environment."""

    main: str
    argv: list[str] = field(default_factory=lambda: ["agent.py", "one", "--two"])
    files: dict[str, str] = field(default_factory=dict[str, str])
    stdin: bytes = b""
    env: dict[str, str] = field(default_factory=dict[str, str])
    recorded: bool = True


PROBE = """
import sys, os
print(sys.argv, sys.path[0], __name__, __file__, getattr(__spec__, "origin", None), __package__)
print(sys.path[1:], sys.flags, sys.warnoptions, sys._xoptions, sys.orig_argv)
print(sorted(k for k in globals()), globals().get("__annotations__"), type(__loader__).__name__)
print(sys.stdout, sys.stderr, sys.stdin, sys.stdout.buffer.raw, type(sys.stdout.buffer.raw))
print(sys.stdout.line_buffering, sys.stdout.write_through, sys.stdout.isatty(), sys.stdout.fileno())
print(sys.stdout is sys.__stdout__, sys.excepthook is sys.__excepthook__, sys.gettrace())
print([name for name in os.environ if "AGENTRR" in name or "PYTHON" in name], list(os.environ))
print("sitecustomize" in sys.modules, sorted(m for m in sys.modules if m in
      ("json", "click", "re", "threading", "logging", "asyncio", "subprocess", "typing")))
print(open(__file__).fileno(), os.getcwd(), sys.getrecursionlimit(), sys.executable, sys.prefix)
frame, depth = sys._getframe(), 0
while frame is not None:
    frame, depth = frame.f_back, depth + 1
print(depth, [entry for entry in sys.path_importer_cache if "agentrr" in entry and
      "site" in entry.rpartition("/")[2]])
"""

ADDRESSES = {"atexit order", "unraisable", "late unraisable", "abort, fault handler"}
PROCESSES = {
    "multiprocessing fork", "multiprocessing spawn", "multiprocessing forkserver", "fork", "exec",
    "fork with full buffers",
}  # fmt: skip
CONCURRENT = {"threads left"}

CASES = {
    "probe": Case(PROBE),
    "probe, options": Case(
        PROBE,
        ["-X", "dev", "-W", "ignore", "-O", "-Wdefault::UserWarning", "-Xutf8", "agent.py", "-x"],
    ),
    "probe, environment": Case(
        PROBE, env={"PYTHONPATH": "lib:other", "PYTHONHASHSEED": "7", "AGENTRR_DIR": "runs"}
    ),
    "probe, unbuffered": Case(PROBE.replace(".raw", ""), ["-u", "agent.py"]),
    "hash seed given": Case("print(hash('agent'))", env={"PYTHONHASHSEED": "12"}),
    "traceback": Case("def f(n):\n    return 1 / n\n\nprint('before')\nf(0)\n"),
    "chained traceback": Case(
        "def f():\n    try:\n        {}['k']\n    except KeyError as e:\n"
        "        raise ValueError('bad') from e\ntry:\n    f()\nexcept ValueError:\n"
        "    raise RuntimeError('worse')\n"
    ),
    "exception group": Case(
        "raise ExceptionGroup('several', [ValueError(1), ExceptionGroup('in', [OSError(2, 'x')])])"
    ),
    "traceback through threads": Case(
        "import threading\nt = threading.Thread(target=lambda: 1 / 0)\nt.start()\nt.join()\n"
    ),
    "syntax error": Case("def f(:\n    pass\n", recorded=False),
    "indentation": Case("def f():\nprint(1)\n", recorded=False),
    "null bytes": Case("print(1)\0", recorded=False),
    "bad coding": Case("# -*- coding: nonsense -*-\nprint(1)\n", recorded=False),
    "missing file": Case("", ["nothing.py", "x"], recorded=False),
    "exit 3": Case("import sys; sys.exit(3)"),
    "exit none": Case("raise SystemExit"),
    "exit text": Case("import sys; sys.exit('told so')"),
    "exit tuple": Case("import sys; sys.exit((1, 2))"),
    "exit big": Case("import sys; sys.exit(1000)"),
    "exit negative": Case("import sys; sys.exit(-1)"),
    "exit bool": Case("import sys; sys.exit(True)"),
    "exit below finally": Case("try:\n    raise SystemExit(4)\nfinally:\n    print('cleaned')\n"),
    "os._exit": Case("import os, sys\nprint('lost')\nsys.stderr.write('kept\\n')\nos._exit(9)\n"),
    "keyboard interrupt": Case("def f():\n    raise KeyboardInterrupt\nf()\n"),
    "abort": Case("import os\nprint('x', flush=True)\nos.abort()\n"),
    "abort, fault handler": Case("import os\nos.abort()\n", ["-X", "faulthandler", "agent.py"]),
    "sigterm": Case("import os, signal\nprint('x', flush=True)\nos.kill(os.getpid(), 15)\n"),
    "sigkill": Case("import os, signal\nprint('x', flush=True)\nos.kill(os.getpid(), 9)\n"),
    "sigterm handled": Case(
        "import os, signal, sys\nsignal.signal(15, lambda *a: sys.exit(5))\n"
        "os.kill(os.getpid(), 15)\nprint('not here')\n"
    ),
    "atexit order": Case(
        "import atexit\natexit.register(print, 'first')\natexit.register(print, 'last')\n"
        "atexit.register(lambda: 1 / 0)\nprint('body')\n"
    ),
    "exit in atexit": Case("import atexit, sys\natexit.register(sys.exit, 7)\n"),
    "unraisable": Case("class A:\n    def __del__(self):\n        1 / 0\nA()\nprint('on')\n"),
    "late del": Case(
        "class A:\n    def __del__(self):\n        print('gone', self.n)\n"
        "a = A(); a.n = 1\nA.b = A(); A.b.n = 2\nimport sys\nsys.kept = A(); sys.kept.n = 3\n"
    ),
    "late unraisable": Case(
        "class A:\n    def __del__(self):\n        1 / 0\na = A()\nA.b = A()\n"
    ),
    "late, held by a module": Case(
        "import os, sys\n"
        "class A:\n    def __init__(self, x): self.x = x\n"
        "    def __del__(self): print('gone', self.x, A is not None)\n"
        "def patched(path): return (A, kept)\n"
        "kept = A('global')\n"
        "os.mine = A('os')\nos.patched = patched\n"
        "A.loop = A('class')\nA.loop.again = A.loop\nsys.mine = A('sys')\n",
    ),
    "warnings": Case(
        "import warnings\nwarnings.warn('old')\nwarnings.warn('dep', DeprecationWarning)\n"
        "open(__file__)\n",
        ["-X", "dev", "agent.py"],
    ),
    "warnings are errors": Case(
        "import warnings\nwarnings.warn('old')", ["-W", "error", "agent.py"]
    ),
    "stdin": Case(
        "import sys\nprint(sys.stdin.readline(), sys.stdin.buffer.read(3), list(sys.stdin))\n",
        stdin=b"one\ntwo\nthree\n\xc3\xa9",
    ),
    "stdin whole": Case("import sys\nprint(len(sys.stdin.read()))\n", stdin=b"x" * 200_000),
    "stdin by os.read": Case("import os\nprint(os.read(0, 3), os.read(0, 100))\n", stdin=b"abcdef"),
    "input": Case("a = input('name? ')\nb = input()\nprint(a, b)\n", stdin=b"x\ny\n"),
    "input, end of file": Case("input('more? ')\n"),
    "breakpoint": Case(
        "def f(x):\n    breakpoint()\n    return x\nprint(f(4))\n", stdin=b"w\np x\nc\n"
    ),
    "post mortem": Case(
        "import pdb, sys\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    pdb.post_mortem()\n",
        stdin=b"w\nq\n",
    ),
    "-m package": Case(
        "",
        ["-m", "pkg", "a"],
        {"pkg/__init__.py": "print('init')", "pkg/__main__.py": PROBE.strip() + "\n1 / 0\n"},
    ),
    "-m module": Case("", ["-m", "pkg.mod"], {"pkg/__init__.py": "", "pkg/mod.py": PROBE}),
    "-m missing": Case("", ["-m", "no_such_package"], recorded=False),
    "-c": Case("", ["-c", "import sys; print(sys.argv, sys.path[0]); 1/0", "a"]),
    "directory": Case("", ["app", "x"], {"app/__main__.py": PROBE}),
    "resources": Case(
        "import os\nprint(open('data.txt').read(), os.path.dirname(__file__))\n"
        "from importlib.resources import files\nprint(files('pkg').joinpath('r.txt').read_text())",
        files={"data.txt": "data", "pkg/__init__.py": "", "pkg/r.txt": "resource"},
    ),
    "own modules": Case(
        "import hooks, click, json, agentrr\nprint(hooks.x, click.x, json.x, agentrr.x)\n"
        "import hooks as h\nprint(h.__file__)\n",
        files={
            f"{name}.py": f"x = '{name} of the project'\n"
            for name in ("hooks", "click", "json", "agentrr")
        },
    ),
    "pickle of main": Case(
        "import pickle\nclass A:\n    pass\na = pickle.loads(pickle.dumps(A()))\n"
        "print(type(a) is A, pickle.dumps(A))\n"
    ),
    "multiprocessing fork": Case("MP", ["agent.py", "fork"]),
    "multiprocessing spawn": Case("MP", ["agent.py", "spawn"]),
    "multiprocessing forkserver": Case("MP", ["agent.py", "forkserver"]),
    "fork": Case(
        "import os, sys\nprint('before')\nsys.stdout.flush()\npid = os.fork()\n"
        "if pid == 0:\n    print('child', os.urandom(1) != 0)\n    sys.exit(3)\n"
        "print(os.waitpid(pid, 0)[1])\n"
    ),
    "fork with full buffers": Case(
        "import os\nprint('twice')\npid = os.fork()\nif pid: os.waitpid(pid, 0)\n"
    ),
    "children see nothing": Case(
        "import subprocess, sys\nprint(subprocess.run([sys.executable, '-c', 'import os, sys;"
        'print(sorted(os.environ), sys.path, [m for m in sys.modules if "agentrr" in m])\'],'
        "capture_output=True, text=True))\n"
    ),
    "exec": Case("import os, sys\nos.execv(sys.executable, ['python', '-c', 'print(1)'])\n"),
    "daemon closes all": Case(
        "import os\nos.closerange(3, 1 << 16)\nf = open('log.txt', 'w')\nprint(f.fileno())\n"
        "for fd in range(3, 5000):\n    try:\n        os.close(fd)\n        print('closed', fd)\n"
        "    except OSError as e:\n        assert e.errno == 9, e\n"
        "print(open('log.txt').read())\nos.system('cat log.txt')\n"
    ),
    "writes in every way": Case(
        "import os, sys\nprint('a')\nsys.stdout.flush()\nos.write(1, b'b\\n')\n"
        "sys.stdout.buffer.write(b'c\\n')\nsys.stdout.flush()\nos.writev(1, [b'd', b'e\\n'])\n"
        "n = os.dup(1)\nos.write(n, b'f\\n')\nsys.stderr.write('g')\n"
        "os.sendfile(1, os.open('data.txt', os.O_RDONLY), 0, 4)\n"
        "sys.stdout.buffer.raw.write(b'h\\n')\nprint('x' * 100_000)\nos.system('echo shell')\n",
        files={"data.txt": "data"},
    ),
    "redirected": Case(
        "import os, sys\nsaved = os.dup(1)\nw = os.open('o.txt', os.O_RDWR | os.O_CREAT)\n"
        "os.dup2(w, 1)\nprint('into the file', flush=True)\nos.dup2(saved, 1)\nprint('back')\n"
        "print(open('o.txt').read())\n"
    ),
    "closed stdout": Case("import sys\nsys.stdout.close()\nsys.stderr.write('still\\n')\n"),
    "logging": Case(
        "import logging\nlogging.basicConfig(level=10)\nlogging.info('x')\n"
        "try:\n    1 / 0\nexcept Exception:\n    logging.exception('y')\n"
    ),
    "threads left": Case(
        "import threading, time\ndef f():\n    time.sleep(0.05)\n    print('late')\n"
        "threading.Thread(target=f).start()\nthreading.Thread(target=time.sleep, args=(9,),"
        "daemon=True).start()\nprint('main')\n"
    ),
    "asyncio": Case(
        "import asyncio\nasync def f():\n    await asyncio.sleep(0.01)\n    1 / 0\n"
        "asyncio.run(f())\n"
    ),
    "recursion": Case(
        "def f(n=0):\n    f(n + 1)\ntry:\n    f()\nexcept RecursionError as e:\n    print(e)\n"
    ),
    "own sitecustomize": Case(
        "import sys, sitecustomize\nprint(sitecustomize.__file__, sitecustomize.x, "
        "sorted(vars(sitecustomize)), sitecustomize.__spec__.origin)\n",
        files={"lib/sitecustomize.py": "import sys\nx = [p for p in sys.path if 'launch' in p]\n"},
        env={"PYTHONPATH": "lib"},
    ),
    "excepthook": Case(
        "import sys\ndef hook(kind, value, tb):\n    print('mine', value, tb.tb_lineno)\n"
        "sys.excepthook = hook\n1 / 0\n"
    ),
    "formatted": Case(
        "import traceback\ntry:\n    open('/no/such/file')\nexcept OSError:\n"
        "    print(traceback.format_exc())\ntry:\n    int(input())\nexcept EOFError:\n"
        "    traceback.print_exc()\nopen('/neither')\n"
    ),
    "no such import": Case("import no_such_module_at_all\n"),
    "error within an import": Case("import broken\n", files={"broken.py": "x = 1\n1 / 0\n"}),
}

MP = """
import multiprocessing, os, sys

def work(n):
    if n == 3:
        print("in the child", flush=True)
    return n * n, [name for name in os.environ if "AGENTRR" in name]

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    with context.Pool(2) as pool:
        print(pool.map(work, range(4), chunksize=4))
    process = context.Process(target=work, args=("x",))
    process.start()
    process.join()
    print(process.exitcode)
"""


def place_of(case: Case, folder: Path) -> Place:
    source = MP if case.main == "MP" else case.main
    for name, text in {"agent.py": source, **case.files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Place(folder, case.env)


def named(ran: Ran) -> tuple[int, bytes, bytes]:
    """What a process did, without addresses, which differ between two bare runs as well."""
    out, err = (re.sub(rb"0x[0-9a-f]{8,}", b"0x", text) for text in (ran.out, ran.err))
    return ran.code, out, err


@pytest.mark.parametrize("name", CASES)
def test_recorded_as_bare(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    place = place_of(case, tmp_path)
    bare = place.bare(*case.argv, stdin=case.stdin)
    (tmp_path / "log.txt").unlink(missing_ok=True)
    recorded = place.agentrr("run", "-q", "-o", "run.jsonl", *case.argv, stdin=case.stdin)
    assert named(recorded) == named(bare), f"bare: {bare}\nrecorded: {recorded}"
    assert (tmp_path / "run.jsonl").exists() == case.recorded
    if case.recorded:
        (end,) = [event for event in place.events() if event["t"] == "run.end"]
        code = bare.code
        assert end["how"] == ("exit" if code >= 0 else "signal"), end
        assert end["code" if code >= 0 else "signal"] == abs(code)


REPLAYED = [
    name
    for name, case in CASES.items()
    if case.recorded and name not in ADDRESSES | PROCESSES | CONCURRENT
]


@pytest.mark.parametrize("name", REPLAYED)
def test_replayed_as_recorded(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    place = place_of(case, tmp_path)
    recorded = place.record(*case.argv, stdin=case.stdin)
    replayed = place.replay()
    assert replayed.same(recorded), f"recorded: {recorded}\nreplayed: {replayed}"


def test_a_replay_starts_no_process(tmp_path: Path) -> None:
    case = CASES["fork"]
    place = place_of(case, tmp_path)
    place.record(*case.argv)
    replayed = place.replay()
    assert replayed.code == 77
    assert b"agentrr: replay stopped" in replayed.err


def test_a_replay_becomes_no_program(tmp_path: Path) -> None:
    case = CASES["exec"]
    place = place_of(case, tmp_path)
    assert place.record(*case.argv).out == b"1\n"
    replayed = place.replay()
    assert (replayed.code, replayed.out) == (0, b"")


def test_callable(tmp_path: Path) -> None:
    case = Case(
        "",
        files={
            "pkg/__init__.py": "",
            "pkg/mod.py": (
                "import sys\nclass A:\n    @staticmethod\n    async def main():\n"
                "        print(sys.argv, __name__)\n        return 6\n"
            ),
        },
    )
    place = place_of(case, tmp_path)
    ran = place.record("pkg.mod:A.main", "x")
    assert (ran.code, ran.out, ran.err) == (6, b"['pkg.mod:A.main', 'x'] pkg.mod\n", b"")


@pytest.mark.parametrize("flag", ["-I", "-S", "-E", "-IBs"])
def test_what_keeps_us_out_is_refused(flag: str, tmp_path: Path) -> None:
    ran = place_of(Case("print(1)"), tmp_path).agentrr("run", flag, "agent.py")
    assert ran.code == 2
    assert ran.err.startswith(f"agentrr: error: python's -{flag[1]} is not possible here".encode())
    assert ran.out == b""


def test_this_python_is_the_one_that_runs(tmp_path: Path) -> None:
    place = place_of(Case("import sys; print(sys.executable)"), tmp_path)
    place.env["VIRTUAL_ENV"] = ""
    assert place.record("agent.py").out.decode().strip() == sys.executable
