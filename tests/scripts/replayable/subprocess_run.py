"""Programs that run to their end: what they print, how they end, why they cannot start."""
import os
import subprocess
import sys

NEW = {**os.environ, "WHO": "me"}
print(subprocess.run(["sh", "-c", "echo $$; echo err >&2; exit 3"], capture_output=True, text=True))
print(subprocess.check_output("cat; printf '\\377'", shell=True, input=b"in"), subprocess.getoutput("echo $$ $PPID >&2"))
print(subprocess.check_output(["sh", "-c", "echo $WHO; pwd"], env=NEW, cwd="/", text=True))
for argv, more in ((["./none"], {}), (["/"], {}), (["false"], {"check": True}), (["true"], {"cwd": "/none"})):
    try:
        subprocess.run(argv, **more)
    except (OSError, subprocess.CalledProcessError) as error:
        print(repr(error))
try:
    subprocess.run("echo part; sleep 9", shell=True, capture_output=True, timeout=0.1)
except subprocess.TimeoutExpired as error:
    print(error, error.output)
print(os.popen("echo $$").read(), subprocess.call("exit 4", shell=True), os.system("exit 5"))
with open("log.txt", "w+") as log:
    print("head", file=log, flush=True)
    subprocess.run(["sh", "-c", "echo $$; echo too >&2"], stdout=log, stderr=subprocess.STDOUT)
    print(log.seek(0), log.read())
subprocess.run(["sed", "-i", "s/head/tail/", "log.txt"])
print(open("log.txt").read(), file=sys.stderr)

# changed: "WHO": "me" -> "WHO": "you" @ request process.start #4
# added: os.system("true") @ call process.system at file.written #2
# removed: subprocess.run(["sed" @ call file.open at process.start #13
