"""Two daemon threads that wait for each other's lock for ever."""

import threading
import time

a, b = threading.Lock(), threading.Lock()


def one():
    with a:
        time.sleep(0.01)
        with b:
            print("one")


def two():
    with b:
        time.sleep(0.01)
        with a:
            print("two")


ts = [threading.Thread(target=f, daemon=True) for f in (one, two)]
for t in ts:
    t.start()
for t in ts:
    t.join(0.2)
print([t.is_alive() for t in ts])
