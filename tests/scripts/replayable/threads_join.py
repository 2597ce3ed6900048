import random
import threading
import time


def worker(name, answers):
    time.sleep(0.001)
    answers.append((name, random.random(), time.time()))


answers = []
for name in ("reader", "writer"):
    thread = threading.Thread(target=worker, args=(name, answers))
    thread.start()
    thread.join()
print(answers)
timer = threading.Timer(0.01, lambda: print("timer", time.time_ns()))
timer.start()
timer.join()
# changed: 0.001 -> 0.002 @ request time.sleep in main/thread:worker#1
# added: random.random(), time.time() -> random.random(), time.time() + time.time() @ read time.time at end in main/thread:worker#1
# removed: , time.time_ns()) -> ) @ output stdout #2
