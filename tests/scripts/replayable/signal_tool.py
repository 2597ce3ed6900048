# Signals that come while a tool's body runs, which a replay does not run.
# same
import signal
import time


class Enough(Exception):
    pass


def tick(number, frame):
    print("tick", number)


def stop(number, frame):
    raise Enough(number)


def slow(limit):
    print("begin")
    signal.setitimer(signal.ITIMER_REAL, 0.03)
    if limit:
        while True:
            pass
    time.sleep(0.1)
    print("end")
    return "done"


signal.signal(signal.SIGALRM, tick)
signal.alarm(0)  # from the first crossing on, `slow` is known to be a tool
print(slow(0))
signal.signal(signal.SIGALRM, stop)
try:
    slow(1)
except Enough as error:
    print(repr(error))

# changed: slow(0) -> slow(1) @ request tool.call
# changed: raise Enough(number) -> pass @ signal SIGALRM at answer #2
# added: slow(0) @ extra tool.call at end
# removed: signal.alarm(0)  # @ call signal.setitimer at signal.alarm
