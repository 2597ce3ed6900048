"""Main polls the clock while a thread works."""

import random
import threading
import time

out = []


def go():
    time.sleep(random.random() / 100)
    out.append("done")


t = threading.Thread(target=go)
t.start()
end = time.monotonic() + 0.03
while time.monotonic() < end:
    pass
out.append("main")
t.join()
print(out)
# drifts: the baton is taken from a thread that computes for long, at no exact place
