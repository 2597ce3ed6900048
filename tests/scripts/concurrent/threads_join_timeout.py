"""A join with a limit, again and again."""

import threading
import time

t = threading.Thread(target=time.sleep, args=(0.05,))
t.start()
seen = []
while t.is_alive():
    t.join(0.01)
    seen.append(t.is_alive())
print(len(seen) > 1, seen[-1])
