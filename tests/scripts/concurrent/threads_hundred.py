"""A hundred threads at once."""

import random
import threading
import time

out = []


def go(n):
    time.sleep(random.random() / 20)
    out.append(n)


ts = [threading.Thread(target=go, args=(n,)) for n in range(100)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(out)
