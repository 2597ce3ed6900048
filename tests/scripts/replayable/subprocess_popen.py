"""Programs that go on: pipes read and written, signals, several at once, in threads."""
import os
import select
import signal
import subprocess
import threading
from subprocess import PIPE

ECHO = "while read line; do echo $line $$; done"
with subprocess.Popen(["sh", "-c", ECHO], stdin=PIPE, stdout=PIPE, text=True, bufsize=1) as child:
    for n in range(2):
        child.stdin.write(f"line {n}\n")
        print(child.stdout.readline(), child.poll())
    child.stdin.write("last")
print(child.returncode, child.communicate.__name__)
first = subprocess.Popen("echo $$; echo 0", shell=True, stdout=PIPE)
second = subprocess.Popen(["sort"], stdin=first.stdout, stdout=PIPE)
first.stdout.close()
print(second.communicate(), first.wait(), [first.pid == second.pid])
child = subprocess.Popen(["sleep", "9"], start_new_session=True)
try:
    child.wait(0.05)
except subprocess.TimeoutExpired as error:
    print(error)
os.killpg(os.getpgid(child.pid), signal.SIGTERM)
print(child.wait(), child.poll(), child.send_signal(9))
child = subprocess.Popen("echo $$; echo e >&2", shell=True, stdout=PIPE, stderr=PIPE, bufsize=0)
left = {child.stdout: "out", child.stderr: "err"}
while left:
    for pipe in select.select([*left], [], [])[0]:
        data = os.read(pipe.fileno(), 2)
        print(left[pipe], data)
        if not data:
            del left[pipe]
child.kill()
print(child.wait() in (0, -9))


def lines(number):
    with subprocess.Popen(["sh", "-c", f"echo $$; sleep 0.0{number}"], stdout=PIPE) as child:
        for line in child.stdout:
            print(number, line)


threads = [threading.Thread(target=lines, args=(n,)) for n in (3, 1)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

# changed: "last" -> "least" @ request process.write #3
# added: subprocess.run("true") @ extra process.start at end
# removed: child.kill() @ call process.wait at process.signal #2
