"""A signal handler that crosses the boundary: by alarm in a sleep, by raise_signal, in a thread's life."""

import os
import signal
import threading
import time


def handler(number, frame):
    print("signal", number, os.urandom(3).hex(), time.time() > 0)
    time.sleep(0.001)


signal.signal(signal.SIGALRM, handler)
signal.signal(signal.SIGUSR1, handler)
signal.setitimer(signal.ITIMER_REAL, 0.01)
time.sleep(0.05)
signal.raise_signal(signal.SIGUSR1)
thread = threading.Thread(target=lambda: time.sleep(0.02))
thread.start()
os.kill(os.getpid(), signal.SIGUSR1)
thread.join()
print("end")
