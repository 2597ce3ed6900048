# Signals within a sleep: one whose handler returns, one whose handler raises, one of our own.
import os
import signal
import time
import traceback


class Late(Exception):
    pass


def tick(number, frame):
    print("tick", frame.f_code.co_name, time.time())
    traceback.print_stack()


def stop(number, frame):
    raise Late(number)


def wait():
    time.sleep(0.1)
    print("slept")


signal.signal(signal.SIGALRM, tick)
signal.setitimer(signal.ITIMER_REAL, 0.02)
wait()
signal.setitimer(signal.ITIMER_REAL, 0.01)
signal.pause()
signal.signal(signal.SIGALRM, stop)
signal.setitimer(signal.ITIMER_REAL, 0.01)
try:
    wait()
except Late:
    traceback.print_exc()
signal.signal(signal.SIGUSR1, tick)
os.kill(os.getpid(), signal.SIGUSR1)
print(signal.alarm(30), signal.alarm(0))

# changed: signal.ITIMER_REAL, 0.02 -> signal.ITIMER_REAL, 0.03 @ request signal.setitimer
# changed: raise Late(number) -> Late(number) @ signal SIGALRM at time.sleep #2
# added: time.sleep(0.2) @ extra time.sleep at end
# removed: signal.pause() -> pass @ call signal.setitimer at signal.pause
