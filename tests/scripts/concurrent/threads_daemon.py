"""A daemon thread that is cut off by the end of the process."""

import random
import threading
import time


def tick():
    while True:
        time.sleep(random.random() / 200)
        ticks.append(1)


ticks = []
threading.Thread(target=tick, daemon=True).start()
time.sleep(0.03)
print("end", len(ticks))
