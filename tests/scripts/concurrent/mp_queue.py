"""Processes that answer through queues: in the order in which they come, and a get that times out."""

import multiprocessing
import queue
import random
import time


def work(answers, n):
    time.sleep(random.random() / 30)
    answers.put({"worker": n, "answers": [n] * 3, "at": (1.5, None, b"\x00")})


def serve(asked, answers):
    while (item := asked.get()) is not None:
        answers.put(item * 2)
        asked.task_done()


if __name__ == "__main__":
    answers = multiprocessing.Queue()
    workers = [multiprocessing.Process(target=work, args=(answers, n)) for n in range(4)]
    for worker in workers:
        worker.start()
    for _ in workers:
        print(answers.get(timeout=20))
    for worker in workers:
        worker.join()
    print([worker.exitcode for worker in workers], multiprocessing.active_children())
    for wait in (0.03, None):
        try:
            print(answers.get(wait is not None, wait))
        except queue.Empty:
            print("nothing came", answers.empty(), answers.qsize())
    asked, simple = multiprocessing.JoinableQueue(), multiprocessing.SimpleQueue()
    server = multiprocessing.Process(target=serve, args=(asked, simple))
    server.start()
    for item in (1, "two", [3]):
        asked.put(item)
    asked.join()
    asked.put(None)
    print([simple.get() for _ in range(3)])
    server.join()
