"""Workers share a queue: any of them may take what another took in the recorded run."""

import os
import queue
import threading

import httpx

work = queue.Queue()
for n in range(6):
    work.put(n)
found = {}


def worker():
    while True:
        try:
            n = work.get_nowait()
        except queue.Empty:
            return
        found[n] = httpx.get(os.environ["HTTP_BASE_URL"] + f"/{n}").status_code


threads = [threading.Thread(target=worker) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(found.items()))
