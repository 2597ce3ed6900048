"""Main fails while a thread still runs."""

import threading
import time


def go():
    time.sleep(0.03)
    print("thread done")


threading.Thread(target=go).start()
raise ValueError("main fails")
