"""Managers of managers' things: a dictionary of dictionaries, a pool, classes of one's own."""

import multiprocessing
from multiprocessing.managers import BaseManager


class Counter:
    def __init__(self):
        self.count = 0

    def add(self, number=1):
        self.count += number
        return self.count

    def fail(self):
        raise ValueError("in the manager")


class Counters(BaseManager):
    pass


Counters.register("Counter", Counter)


def count(counter):
    for _ in range(10):
        counter.add()


if __name__ == "__main__":
    with Counters() as manager:
        counter = manager.Counter()
        workers = [multiprocessing.Process(target=count, args=(counter,)) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        print(counter.add(0))
        try:
            counter.fail()
        except ValueError as error:
            print(repr(error), type(error.__cause__))
    with multiprocessing.Manager() as manager:
        outer = manager.dict()
        outer["inner"] = manager.dict(x=1)
        outer["inner"]["y"] = 2
        print(outer["inner"].copy(), [(key, len(inner)) for key, inner in outer.items()])
        with manager.Pool(2) as pool:
            print(pool.map(abs, [-1, -2]))
        event, value, array = manager.Event(), manager.Value("i", 3), manager.Array("i", [1, 2])
        event.set()
        print(event.is_set(), value.value, list(array))
