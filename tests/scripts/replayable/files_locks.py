"""Takes a lock that another process holds, and one that another thread does."""

import fcntl
import os
import subprocess
import sys
import threading

HOLDER = "import fcntl; f = open('lock', 'w'); fcntl.flock(f, 2); print('held', flush=True); input()"
holder = subprocess.Popen(
    [sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
)
assert holder.stdin is not None
assert holder.stdout is not None
print(holder.stdout.readline())
with open("lock", "w") as file:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        print(repr(error))
    holder.communicate("end\n")
    fcntl.flock(file, fcntl.LOCK_EX)
    print("ours")

    def wait() -> None:
        with open("lock", "w") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            print("the thread's")

    thread = threading.Thread(target=wait)
    thread.start()
    print("let go")
    fcntl.flock(file, fcntl.LOCK_UN)
    thread.join()
    fcntl.lockf(file, fcntl.LOCK_EX, 10)
    os.lockf(file.fileno(), os.F_ULOCK, 0)
    try:
        fcntl.lockf(file, 99)
    except (OSError, ValueError) as error:
        print(repr(error))
try:
    fcntl.flock(file, fcntl.LOCK_UN)
except ValueError as error:
    print(repr(error))

# same
# changed: LOCK_EX, 10) -> LOCK_EX, 11) @ request file.lock #5
# added: os.lockf(os.open("lock", 1), 1, 0) @ call file.open at file.written #2
# removed: fcntl.lockf(file, fcntl.LOCK_EX, 10) @ request file.lock #5
