"""Programs started by number: `os.posix_spawn`, `os.spawn*`, and waiting for them."""
import os
import signal
import sys
import time

print("one", flush=True)
pid = os.posix_spawn("/bin/sh", ["sh", "-c", "echo spawned $$; exit 3"], os.environ)
print("two", os.waitpid(pid, 0) == (pid, 768), pid)
print("wait", os.spawnlp(os.P_WAIT, "sh", "sh", "-c", "echo here $$; echo err >&2; exit 4"))
many = [os.spawnv(os.P_NOWAIT, "/bin/sh", ["sh", "-c", f"exit {n}"]) for n in (1, 2)]
print(sorted(os.wait()[1] for _ in many), many)
sleeper = os.posix_spawnp("sleep", ["sleep", "60"], {"PATH": "/bin:/usr/bin", "X": "y"})
print(os.waitpid(sleeper, os.WNOHANG))
os.kill(sleeper, signal.SIGTERM)
print(os.waitstatus_to_exitcode(os.waitpid(sleeper, 0)[1]))
for path in ("/no/such", b"/etc/passwd"):
    try:
        os.posix_spawn(path, ["x"], {})
    except OSError as error:
        print(repr(error))
print("none", os.spawnvpe(os.P_WAIT, "no-such-program", ["x"], {}))
try:
    os.waitpid(pid, 0)
except ChildProcessError as error:
    print(error)
print(time.time(), file=sys.stderr)

# changed: "echo spawned -> "echo started @ request process.start
# added: os.spawnl(os.P_WAIT, "/bin/true", "true") @ extra process.run at end
# removed: os.kill( @ call process.waitpid at process.signal
