"""A switch interval of a microsecond, and a loop that counts without a lock."""

import sys
import threading

sys.setswitchinterval(1e-6)
n = 0


def go():
    global n
    for _ in range(20000):
        n += 1


ts = [threading.Thread(target=go) for _ in range(4)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(n)
