"""A read-modify-write without a lock loses updates: the same ones."""

import random
import threading
import time

total = 0


def add(n):
    global total
    for _ in range(5):
        seen = total
        time.sleep(random.random() / 500)
        total = seen + n


threads = [threading.Thread(target=add, args=(n,)) for n in range(1, 6)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(total)
