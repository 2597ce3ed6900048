"""A condition: wait_for with a limit, notify, and a wait that ends unnotified."""

import random
import threading
import time

c = threading.Condition()
items = []
out = []


def put(n):
    time.sleep(random.random() / 100)
    with c:
        items.append(n)
        c.notify()


def take():
    with c:
        out.append(c.wait_for(lambda: items, timeout=1) and items.pop())


ts = [threading.Thread(target=take) for _ in range(3)] + [
    threading.Thread(target=put, args=(n,)) for n in range(3)
]
for t in ts:
    t.start()
for t in ts:
    t.join()
with c:
    out.append(c.wait(0.005))
print(out)
