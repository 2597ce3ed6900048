"""Pipes both ways: objects, bytes, poll, wait for several, and an end that is closed."""

import multiprocessing
import random
import time
from multiprocessing.connection import wait


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __repr__(self):
        return f"Point({self.x}, {self.y})"


def mirror(end, n):
    while (item := end.recv()) is not None:
        time.sleep(random.random() / 50)
        end.send(item)
    end.send_bytes(b"bye %d" % n)
    end.close()


if __name__ == "__main__":
    ends = []
    for n in range(3):
        ours, theirs = multiprocessing.Pipe()
        multiprocessing.Process(target=mirror, args=(theirs, n), daemon=True).start()
        theirs.close()
        ends.append(ours)
    for n, end in enumerate(ends):
        end.send(Point(n, [n]))
    print(ends[0].poll(), ends[0].poll(10))
    left = list(ends)
    while left:
        for end in wait(left):
            print(ends.index(end), end.recv())
            left.remove(end)
    ends[0].send(None)
    print(ends[0].recv_bytes())
    buffer = bytearray(10)
    ends[1].send(None)
    print(ends[1].recv_bytes_into(buffer), buffer)
    try:
        ends[0].recv()
    except EOFError as error:
        print(repr(error))
    for child in multiprocessing.active_children():
        child.join(0.05)
    print(len(multiprocessing.active_children()))
