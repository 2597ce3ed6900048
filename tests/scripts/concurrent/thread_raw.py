"""_thread.start_new_thread."""

import _thread
import random
import threading
import time

out = []
done = threading.Semaphore(0)


def go(n):
    time.sleep(random.random() / 100)
    out.append(n)
    done.release()


for n in range(5):
    _thread.start_new_thread(go, (n,))
for _ in range(5):
    done.acquire()
print(out)
