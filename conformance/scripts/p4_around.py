"""A child process, a command, a file that grows, a folder's list, an environment variable."""

import os
import subprocess
import sys

draw = "import os, random; print(os.getpid(), random.random())"
child = subprocess.run([sys.executable, "-c", draw], capture_output=True, text=True, check=True)
print("child", child.stdout.strip())
print("date", subprocess.check_output(["date", "+%s.%N"], text=True).strip())
with open("notes.txt", "a") as file:
    file.write("one more line\n")
with open("notes.txt") as file:
    print("lines", len(file.readlines()))
print("files", *sorted(os.listdir("papers")))
print("mood", os.environ["MOOD"])
