"""A child that nobody waits for: its `Popen` is collected when the interpreter ends."""

import subprocess


class Keeper:
    pass


keeper = Keeper()
keeper.child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
keeper.child.stdin.write(b"still there\n")
keeper.child.stdin.flush()
print(keeper.child.stdout.readline())
