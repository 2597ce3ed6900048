"""A child that nobody waits for: its `Popen` is collected when the interpreter ends."""

import subprocess
import time


class Keeper:
    pass


keeper = Keeper()
keeper.child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
keeper.child.stdin.write(b"still there\n")
keeper.child.stdin.flush()
print(keeper.child.stdout.readline(), time.time())

# changed: b"still there\n" -> b"still here\n" @ request process.write
# added: subprocess.run("true") @ extra process.start at end
# removed: , time.time() ->  @ output stdout
