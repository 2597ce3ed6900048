"""multiprocessing's fork while threads are alive and one holds a lock."""

import multiprocessing
import os
import threading
import time

lock = threading.Lock()
go = threading.Event()


def hold():
    with lock:
        go.wait()
        time.sleep(0.005)
    print("thread", os.urandom(2).hex())


def child(pipe):
    pipe.send((os.getpid() != 0, sum(range(10))))
    pipe.close()


if __name__ == "__main__":
    thread = threading.Thread(target=hold)
    thread.start()
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=child, args=(theirs,))
    process.start()
    print(ours.recv())
    process.join()
    print(process.exitcode)
    go.set()
    thread.join()
