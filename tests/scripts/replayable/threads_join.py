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
# mutant: 0.001 -> 0.002 @ request time.sleep
# mutant: time.time_ns() -> time.time() @ read time.time
