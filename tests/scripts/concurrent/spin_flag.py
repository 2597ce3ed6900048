"""Main polls a flag that a thread sets."""

import random
import threading
import time

ready = False


def go():
    global ready
    time.sleep(random.random() / 50)
    ready = True


t = threading.Thread(target=go)
t.start()
while not ready:
    pass
print("ready")
t.join()
# drifts: the baton is taken from a thread that computes for long, at no exact place
