"""Values of a thread: threading.local and context variables."""

import contextvars
import random
import threading
import time

here = threading.local()
var = contextvars.ContextVar("v", default=0)
out = []


def go(n):
    here.n = n
    var.set(n)
    time.sleep(random.random() / 100)
    out.append((here.n, var.get()))


ts = [threading.Thread(target=go, args=(n,)) for n in range(5)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(out, hasattr(here, "n"), var.get())
