"""Programs with a terminal of their own: `pty.spawn`, what it reads, how they end."""
import os
import pty

got = []


def read(fd):
    data = os.read(fd, 1024)
    got.append(data)
    return data


status = pty.spawn(["sh", "-c", "test -t 0 && echo on a terminal $$; date +%N; exit 3"], read)
print(os.waitstatus_to_exitcode(status), b"".join(got).count(b"\r\n"), flush=True)
print(os.waitstatus_to_exitcode(pty.spawn("true")), flush=True)
print(os.waitstatus_to_exitcode(pty.spawn(["no-such-program"], lambda fd: os.read(fd, 1024)[:0])))

# changed: && echo on -> && echo by @ request process.start
# added: pty.spawn("true") @ extra process.start at end
# removed: pty.spawn("true") @ request process.start at process.start #2
