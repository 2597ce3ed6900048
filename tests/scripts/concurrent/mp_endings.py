"""How workers end: exit codes, an uncaught error, terminate, kill, a signal, a join that times out."""

import multiprocessing
import os
import signal
import sys
import time


def leave(code):
    sys.exit(code)


def fail():
    sys.stderr.close()
    raise ValueError("in the worker")


if __name__ == "__main__":
    for target, args in ((leave, (0,)), (leave, (7,)), (fail, ())):
        worker = multiprocessing.Process(target=target, args=args, name=f"{target.__name__}{args}")
        print(worker.exitcode)
        worker.start()
        worker.join()
        print(worker, worker.exitcode, worker.is_alive())
        worker.close()
    for end in ("terminate", "kill", signal.SIGINT):
        worker = multiprocessing.Process(target=signal.pause, daemon=True)
        worker.start()
        worker.join(0.02)
        print(worker.is_alive(), worker.exitcode, worker.pid > 0)
        if end == signal.SIGINT:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.kill(worker.pid, signal.SIGKILL)
        else:
            getattr(worker, end)()
        while worker.is_alive():
            time.sleep(0.005)
        print(worker.exitcode)
