"""Threads that print lines in between each other."""

import random
import threading
import time


def go(n):
    for i in range(4):
        print("line", n, i)
        time.sleep(random.random() / 200)


ts = [threading.Thread(target=go, args=(n,)) for n in range(4)]
for t in ts:
    t.start()
for t in ts:
    t.join()
