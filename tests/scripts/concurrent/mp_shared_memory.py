"""Memory that processes write: Value, Array, SharedMemory, ShareableList."""

import multiprocessing
import random
import time
from multiprocessing.shared_memory import ShareableList, SharedMemory


def count(total, each, n):
    for _ in range(20):
        with total.get_lock():
            total.value += 1
        time.sleep(random.random() / 1000)
    each[n] = n / 2


def fill(name):
    memory = SharedMemory(name=name)
    memory.buf[:5] = b"hello"
    memory.close()


def change(items):
    items[1] = "new"


if __name__ == "__main__":
    total, each = multiprocessing.Value("i", 0), multiprocessing.Array("d", 3)
    workers = [multiprocessing.Process(target=count, args=(total, each, n)) for n in range(3)]
    for worker in workers:
        worker.start()
    while total.value < 30:
        time.sleep(0.001)
    print(total.value >= 30)
    for worker in workers:
        worker.join()
    print(total.value, each[:])
    memory = SharedMemory(create=True, size=10)
    memory.buf[8] = 33
    worker = multiprocessing.Process(target=fill, args=(memory.name,))
    worker.start()
    worker.join()
    print(bytes(memory.buf[:10]), memory.size >= 10)
    memory.close()
    memory.unlink()
    items = ShareableList([1, "old", None])
    worker = multiprocessing.Process(target=change, args=(items,))
    worker.start()
    worker.join()
    print(list(items))
    items.shm.close()
    items.shm.unlink()
