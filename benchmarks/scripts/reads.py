"""A million clock reads; prints what one costs, in ns, by the process's own CPU clock."""

import resource
import sys
import time

count = int(sys.argv[1])
read = time.time


def loop(n: int) -> None:
    for _ in range(n):
        read()


before = resource.getrusage(resource.RUSAGE_SELF)
loop(count)
after = resource.getrusage(resource.RUSAGE_SELF)
spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
with open(sys.argv[2], "w") as out:
    out.write(f"{spent / count * 1e9:.1f} {after.ru_maxrss}")
