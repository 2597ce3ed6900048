"""Contexts handed on to a pool's threads, the ways of langgraph and langchain."""

import contextvars
import random
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

name = contextvars.ContextVar("name", default="nobody")
out = []


def branch(n):
    started = time.monotonic()
    time.sleep(random.random() / 100)
    out.append((n, name.get(), random.randrange(1000)))
    return n, time.monotonic() >= started


def later(run, *args):
    time.sleep(0)
    return run(*args)


with ThreadPoolExecutor(4) as pool:
    name.set("submitted")
    work = [pool.submit(later, contextvars.copy_context().run, branch, n) for n in range(5)]
    print([done.result() for done in as_completed(work)])

    name.set("mapped")
    contexts = [contextvars.copy_context() for _ in range(5)]
    print(list(pool.map(lambda n: contexts.pop().run(branch, n), range(5))))

    shared = contextvars.copy_context()
    shared.run(name.set, "after another")
    for n in range(3):
        print(pool.submit(shared.run, branch, n).result())
print(out)
try:
    shared.run(shared.run, branch, 9)
except RuntimeError as error:
    print(type(error).__name__, "already entered" in str(error))
