"""Logging through a queue handler and its listener's thread."""

import logging
import logging.handlers
import queue
import random
import sys
import threading
import time

q = queue.Queue(-1)
root = logging.getLogger()
root.addHandler(logging.handlers.QueueHandler(q))
listener = logging.handlers.QueueListener(q, logging.StreamHandler(sys.stdout))
listener.start()


def go(n):
    for i in range(3):
        time.sleep(random.random() / 200)
        root.warning("%s %s", n, i)


ts = [threading.Thread(target=go, args=(n,)) for n in range(3)]
for t in ts:
    t.start()
for t in ts:
    t.join()
listener.stop()
