"""sched.scheduler in a thread."""

import sched
import threading
import time

s = sched.scheduler(time.monotonic, time.sleep)
out = []
for n in (3, 1, 2):
    s.enter(n / 100, 1, out.append, (n,))
t = threading.Thread(target=s.run)
t.start()
t.join()
print(out)
