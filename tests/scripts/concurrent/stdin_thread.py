"""A thread that reads stdin for main."""

import queue
import sys
import threading

q = queue.Queue()


def read():
    for line in sys.stdin:
        q.put(line)
    q.put(None)


threading.Thread(target=read, daemon=True).start()
while (x := q.get()) is not None:
    print("got", x.strip())
# stdin: one\ntwo\nthree\n
