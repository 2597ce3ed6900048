"""All four queues, a join on one, and gets that time out."""

import queue
import random
import threading
import time

q, p, stack, s = queue.Queue(3), queue.PriorityQueue(), queue.LifoQueue(), queue.SimpleQueue()
out = []


def produce(n):
    for i in range(5):
        time.sleep(random.random() / 300)
        q.put((n, i))
        p.put((random.random(), n))
        stack.put(n)
        s.put((n, i))


def consume():
    while (item := q.get()) is not None:
        out.append(item)
        time.sleep(random.random() / 300)
        q.task_done()


ps = [threading.Thread(target=produce, args=(n,)) for n in range(3)]
cs = [threading.Thread(target=consume) for _ in range(2)]
for t in ps + cs:
    t.start()
for t in ps:
    t.join()
q.join()
for _ in cs:
    q.put(None)
for t in cs:
    t.join()
print(
    out,
    [p.get() for _ in range(15)],
    [stack.get() for _ in range(15)],
    [s.get() for _ in range(15)],
)
try:
    q.get(timeout=0.01)
except queue.Empty:
    print("empty")
try:
    s.get(timeout=0.01)
except queue.Empty:
    print("empty")
print(type(s), s.empty(), s.qsize())
