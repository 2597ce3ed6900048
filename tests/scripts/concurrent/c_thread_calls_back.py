"""C code that calls back from a thread of its own, which Python did not start."""

import ctypes
import os
import time

libc = ctypes.CDLL(None)
start = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
said = []


@start
def back(argument):
    said.append(("called", os.urandom(2).hex()))
    time.sleep(0.005)
    said.append(("again", time.time() > 0))
    return None


thread = ctypes.c_ulong()
libc.pthread_create(ctypes.byref(thread), None, back, None)
libc.pthread_join(thread, None)
print(said)
