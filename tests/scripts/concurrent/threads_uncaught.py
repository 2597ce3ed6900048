"""An exception that no one catches in a thread."""

import threading
import time


def go():
    time.sleep(0.01)
    raise ValueError("in a thread")


t = threading.Thread(target=go, name="worker")
t.start()
t.join()
print("after")
