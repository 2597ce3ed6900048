"""Timers: two that race, one that is cancelled."""

import random
import threading

out = []
a = threading.Timer(random.random() / 50, out.append, args=("a",))
b = threading.Timer(random.random() / 50, out.append, args=("b",))
c = threading.Timer(5, out.append, args=("c",))
for t in (a, b, c):
    t.start()
a.join()
b.join()
c.cancel()
c.join()
print(out, c.is_alive(), threading.active_count())
