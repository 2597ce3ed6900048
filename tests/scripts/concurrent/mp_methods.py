"""The same program by fork, spawn and forkserver: a pool, an executor, a queue, a manager."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor


def double(n):
    return n * 2


def put(queue, n):
    queue.put([n, n + 1])


if __name__ == "__main__":
    for method in ("fork", "spawn", "forkserver"):
        context = multiprocessing.get_context(method)
        with context.Pool(2) as pool:
            print(method, pool.map(double, range(4)))
        with ProcessPoolExecutor(2, mp_context=context) as executor:
            print(list(executor.map(double, range(3))))
        queue = context.Queue()
        worker = context.Process(target=put, args=(queue, 1))
        worker.start()
        print(queue.get())
        worker.join()
        with context.Manager() as manager:
            shared = manager.list([1])
            worker = context.Process(target=shared.append, args=(2,))
            worker.start()
            worker.join()
            print(shared)
