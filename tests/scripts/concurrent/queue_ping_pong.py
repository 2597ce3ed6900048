"""Two threads that hand a value back and forth 3,000 times."""

import queue
import threading

a, b = queue.Queue(), queue.Queue()


def pong():
    while (x := a.get()) is not None:
        b.put(x + 1)


t = threading.Thread(target=pong)
t.start()
x = 0
for _ in range(3000):
    a.put(x)
    x = b.get()
a.put(None)
t.join()
print(x)
