"""pexpect: expecting, typing, echo, signals, the end, time out, a program that is not there."""

import os
import signal

import pexpect
from ptyprocess import PtyProcessUnicode

print(pexpect.run("sh -c 'echo $$; exit 2'", withexitstatus=True))
ask = "read -p 'name? ' n; echo hello $n; read -s p; echo got $p; sleep 30"
child = pexpect.spawn(
    "bash", ["-c", ask], timeout=5, encoding="utf-8",
    env={"PATH": os.environ["PATH"], "API_TOKEN": "tok-1234567890abcdef"},
)  # fmt: skip
child.expect("name\\? ")
child.sendline("bob")
child.expect("hello (\\w+)")
print(child.match.group(1), repr(child.before), child.getwinsize(), child.isatty())
child.waitnoecho()
child.sendline("hidden")
child.expect("got hidden")
print(repr(child.before), child.isalive())
child.kill(signal.SIGTERM)
print(child.wait(), child.signalstatus, child.isalive())
child.close()
print(child.exitstatus)
try:
    pexpect.spawn("no-such-program")
except pexpect.ExceptionPexpect as error:
    print(error)
child = pexpect.spawn("cat")
child.setecho(False)
child.setwinsize(30, 90)
child.sendline("x")
child.expect("x")
child.sendeof()
child.expect(pexpect.EOF)
print(child.before)
child.close()
print(child.exitstatus, child.signalstatus)
child = pexpect.spawn("sleep 5", timeout=0.2)
try:
    child.expect("never")
except pexpect.TIMEOUT:
    print("timed out")
child.terminate(force=True)
process = PtyProcessUnicode.spawn(["sh", "-c", "stty size; exit 4"], dimensions=(30, 90), cwd="/")
out = ""
while True:
    try:
        out += process.read()
    except EOFError:
        break
print(repr(out), process.wait(), process.exitstatus)
