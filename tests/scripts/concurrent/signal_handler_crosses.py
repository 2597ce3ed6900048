"""A signal handler that crosses the boundary: reads, draws and sleeps, alone and beside a thread."""

import os
import signal
import threading
import time


def handler(number, frame):
    print("signal", number, os.urandom(3).hex(), time.time() > 0)
    time.sleep(0.001)


signal.signal(signal.SIGUSR1, handler)
signal.signal(signal.SIGUSR2, handler)
signal.raise_signal(signal.SIGUSR1)
os.kill(os.getpid(), signal.SIGUSR2)
thread = threading.Thread(target=lambda: time.sleep(0.02))
thread.start()
signal.raise_signal(signal.SIGUSR1)
thread.join()
print("end", os.urandom(3).hex())
