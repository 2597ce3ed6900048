"""A deadlock with main, ended by SIGKILL."""

import os
import signal
import threading
import time

a, b = threading.Lock(), threading.Lock()


def one():
    with a:
        time.sleep(0.01)
        with b:
            print("one")


t = threading.Thread(target=one)
t.start()
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGKILL)).start()
with b:
    time.sleep(0.02)
    with a:
        print("main")
# cut: by SIGKILL, before its end
