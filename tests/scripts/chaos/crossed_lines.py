"""Threads that add without a lock, and never wait."""

import threading

total = 0


def add(n):
    global total
    for _ in range(12):
        seen = total
        seen = seen + n
        total = seen


threads = [threading.Thread(target=add, args=(n,)) for n in (1, 2, 3, 4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(total)
