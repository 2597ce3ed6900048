"""Output of programs that goes past Python, among the agent's own."""
import os
import subprocess
import sys

print("one", flush=True)
subprocess.run("echo out $$; echo err >&2", shell=True)
print("two", flush=True)
os.system("echo sys $$; echo more >&2; test -t 1")
print("three")
subprocess.run(["sh", "-c", "echo to err $$"], stdout=sys.stderr)
with subprocess.Popen("read go; echo with $go; echo err >&2; cat", shell=True, stdin=subprocess.PIPE) as child:
    sys.stderr.write("before\n")
    child.stdin.write(b"one\n")
    child.stdin.flush()
    print("four", child.poll(), flush=True)
print("five", child.returncode)

# changed: "one\n" -> "two\n" @ request process.write
# added: subprocess.run("echo") @ extra process.start at end
# removed: os.system( @ call process.start at process.system
