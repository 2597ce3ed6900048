"""Threads whose lines come in any order."""

import threading


def say(n):
    print(f"{n}\n", end="", flush=True)


threads = [threading.Thread(target=say, args=(n,)) for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
