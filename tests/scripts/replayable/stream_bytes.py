"""Writes to stdout and stderr below print, in every way, without a last newline."""
import os
import sys
import time

print("text", end=" ", flush=True)
sys.stdout.buffer.write(b"bytes \xff\x00 and \xe2\x82\xac\n")
sys.stdout.flush()
os.write(1, f"descriptor {time.time_ns()}\n".encode())
os.writev(1, [b"two ", b"pieces\n"])
os.write(2, b"to stderr\n")
sys.stderr.buffer.write(b"raw stderr\n")
print("loud", file=sys.stderr)
sys.stdout.writelines(["one\n", "two\r\n", "50 %\r100 %\n", "\x1b[31mred\x1b[0m\n"])
with open(1, "w", closefd=False) as again:
    again.write("by a second file\n")
print(os.urandom(2).hex(), end="")

# changed: two ", b"pieces -> two ", b"halves @ output stdout #3
# changed: b"raw stderr\n" -> b"raw stdout\n" @ output stderr #2
# added: os.write(2, b"more") @ output stderr at end
# removed: os.write(1, f"descriptor @ output stdout #2
