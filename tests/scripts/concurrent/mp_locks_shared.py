"""Locks, semaphores, conditions, events and barriers that processes share."""

import multiprocessing
import random
import time


def hold(lock, ready):
    with lock:
        ready.set()
        time.sleep(0.03)


def meet(barrier, answers, n):
    time.sleep(random.random() / 50)
    barrier.wait()
    answers.put(n)


def tell(condition, flag):
    with condition:
        flag.value = 1
        condition.notify()


if __name__ == "__main__":
    lock, ready = multiprocessing.Lock(), multiprocessing.Event()
    worker = multiprocessing.Process(target=hold, args=(lock, ready))
    worker.start()
    print(ready.wait(20), lock.acquire(False), lock.acquire(True, 0.001), lock.acquire())
    lock.release()
    worker.join()
    barrier, answers = multiprocessing.Barrier(3), multiprocessing.SimpleQueue()
    workers = [
        multiprocessing.Process(target=meet, args=(barrier, answers, n)) for n in range(2)
    ]
    for worker in workers:
        worker.start()
    barrier.wait()
    print([answers.get() for _ in workers])
    condition, flag = multiprocessing.Condition(), multiprocessing.Value("b", 0, lock=False)
    with condition:
        worker = multiprocessing.Process(target=tell, args=(condition, flag))
        worker.start()
        print(condition.wait_for(lambda: flag.value, 20), flag.value)
    places = multiprocessing.BoundedSemaphore(2)
    print(places.acquire(), places.acquire(), places.acquire(False))
    places.release()
    places.release()
    try:
        places.release()
    except ValueError as error:
        print(repr(error))
    worker.join()
