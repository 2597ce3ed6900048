"""A subclass of Thread, with a name and a result."""

import random
import threading
import time


class Worker(threading.Thread):
    def __init__(self, n):
        super().__init__(name=f"W{n}")
        self.n = n
        self.result = None

    def run(self):
        time.sleep(random.random() / 100)
        self.result = self.n * 2
        order.append(self.n)


order = []
ws = [Worker(n) for n in range(5)]
for w in ws:
    w.start()
for w in ws:
    w.join()
print(order, [w.result for w in ws], len(threading.enumerate()))
