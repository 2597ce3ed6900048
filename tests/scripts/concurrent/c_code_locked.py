"""C code that releases the GIL, in threads that take their turns under a lock."""

import hashlib
import os
import random
import threading
import time
import zlib

data = os.urandom(300_000)
lock = threading.Lock()
out = []


def go(n):
    for _ in range(3):
        time.sleep(random.random() / 100)
        with lock:
            size = len(zlib.compress(data, 6))
            out.append((n, size, hashlib.sha256(data).hexdigest()[:4]))


ts = [threading.Thread(target=go, args=(n,)) for n in range(4)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(out)
