"""Threads that do it right: the same comes out in every order."""

import threading
from concurrent.futures import ThreadPoolExecutor

lock = threading.Lock()
total = 0


def add(n):
    global total
    for _ in range(3):
        with lock:
            seen = total
            total = seen + n
    return n


with ThreadPoolExecutor(4) as pool:
    print(sum(pool.map(add, range(8))))
print(total)
