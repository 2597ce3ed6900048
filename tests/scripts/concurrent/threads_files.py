"""Threads that write and read a file each."""

import os
import random
import tempfile
import threading
import time

d = tempfile.mkdtemp()
out = []


def go(n):
    p = os.path.join(d, f"{n}.txt")
    with open(p, "w") as f:
        f.write(str(random.random()))
    time.sleep(random.random() / 100)
    out.append((n, open(p).read()))


ts = [threading.Thread(target=go, args=(n,)) for n in range(5)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(out, sorted(os.listdir(d)))
