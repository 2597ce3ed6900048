"""C code that releases the GIL: zlib and hashlib on large data."""

import hashlib
import os
import threading
import zlib

data = os.urandom(3_000_000)
out = []


def go(n):
    out.append((n, len(zlib.compress(data, 6)), hashlib.sha256(data).hexdigest()[:8]))


ts = [threading.Thread(target=go, args=(n,)) for n in range(4)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(out)
# drifts: the baton is taken from a thread that computes for long, at no exact place
# known: which thread is through first with C code that holds no lock is in no order: a divergence says so
