"""Waits for an event, each with a limit that may end first."""

import random
import threading
import time

e = threading.Event()
out = []


def setter():
    time.sleep(random.choice([0.001, 0.05]))
    e.set()


threading.Thread(target=setter).start()
for _ in range(6):
    out.append(e.wait(0.01))
print(out)
