"""threading.excepthook, and SystemExit in a thread."""

import threading
import time

threading.excepthook = lambda a: print("hook", a.exc_type.__name__, a.thread.name)


def go():
    time.sleep(0.001)
    1 / 0


t = threading.Thread(target=go)
t.start()
t.join()


def leave():
    raise SystemExit(3)


t = threading.Thread(target=leave)
t.start()
t.join()
print("end")
