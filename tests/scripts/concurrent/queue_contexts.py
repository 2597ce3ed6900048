"""A thread that runs what it gets from a queue, each piece in the context of who asked for it."""

import contextvars
import queue
import random
import threading
import time

out = []
work = queue.Queue()


def run():
    while (item := work.get()) is not None:
        context, n = item
        context.run(piece, n)


def piece(n):
    time.sleep(random.random() / 100)
    out.append((threading.current_thread().name, n))


threads = [threading.Thread(target=run) for _ in range(3)]
for thread in threads:
    thread.start()
for n in range(9):
    work.put((contextvars.copy_context(), n))
for _ in threads:
    work.put(None)
for thread in threads:
    thread.join()
print(out)
