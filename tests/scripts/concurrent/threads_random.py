"""Threads that draw from one generator."""

import random
import threading
import time
import uuid

out = []


def go(n):
    for _ in range(3):
        out.append((n, random.randint(0, 99), str(uuid.uuid4())[:4]))
        time.sleep(random.random() / 300)


ts = [threading.Thread(target=go, args=(n,)) for n in range(3)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(out)
