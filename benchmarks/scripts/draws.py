"""Many draws of the shared generator; what one costs, as in reads.py."""

import random
import resource
import sys

count = int(sys.argv[1])
draw = random.random
before = resource.getrusage(resource.RUSAGE_SELF)
for _ in range(count):
    draw()
after = resource.getrusage(resource.RUSAGE_SELF)
spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
with open(sys.argv[2], "w") as out:
    out.write(f"{spent / count * 1e9:.1f} {after.ru_maxrss}")
