"""A signal that interrupts main while it waits for a lock."""

import os
import signal
import threading
import time


def go():
    time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGINT)


threading.Thread(target=go).start()
try:
    threading.Event().wait(2)
except KeyboardInterrupt:
    print("interrupted")
# cannot: where exactly cannot be found again
