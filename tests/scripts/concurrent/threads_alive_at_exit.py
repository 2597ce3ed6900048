"""Threads that outlive main, and one that starts another meanwhile."""

import atexit
import random
import threading
import time


def late(n):
    time.sleep(random.random() / 50)
    print("late", n)
    if n == 1:
        threading.Thread(target=late, args=(7,)).start()


for n in range(3):
    threading.Thread(target=late, args=(n,)).start()
atexit.register(print, "atexit")
print("main ends")
