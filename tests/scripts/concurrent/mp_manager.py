"""A Manager's dictionary, list, namespace, queue and lock, shared with processes."""

import multiprocessing
import random
import time


def work(shared, order, lock, n):
    time.sleep(random.random() / 30)
    with lock:
        shared[f"worker {n}"] = {"square": n * n}
        order.append(n)


if __name__ == "__main__":
    with multiprocessing.Manager() as manager:
        shared, order, lock = manager.dict(), manager.list(), manager.Lock()
        space, queue = manager.Namespace(goal=3), manager.Queue()
        workers = [
            multiprocessing.Process(target=work, args=(shared, order, lock, n)) for n in range(4)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        print(list(order), list(shared.items()), len(order))
        queue.put("hello")
        with lock:
            print(space.goal, queue.get(), order, "worker 9" in shared)
        try:
            print(shared["worker 9"])
        except KeyError as error:
            print(repr(error))
