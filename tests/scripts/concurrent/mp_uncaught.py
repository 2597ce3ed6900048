"""What a worker raised, uncaught in the parent: the traceback with the worker's in it."""

from concurrent.futures import ProcessPoolExecutor


class Refused(Exception):
    pass


def work(n):
    raise Refused(f"not {n}")


if __name__ == "__main__":
    with ProcessPoolExecutor(1) as pool:
        pool.submit(work, 3).result()
