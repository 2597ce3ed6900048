"""An `excepthook` of the script's own, as loggers of errors have it; then a stack too deep."""
import sys
import time
import traceback


def report(kind, error, trace):
    print(kind.__name__, time.time(), len(traceback.extract_tb(trace)) > 100)
    print(traceback.format_exception(error)[-1].strip(), file=sys.stderr)
    sys.__excepthook__(kind, error, trace)


def deeper(n):
    return deeper(n + 1) + 1


sys.excepthook = report
began = time.time()
time.sleep(0.001)
deeper(began)

# changed: > 100 -> > 100_000 @ output stdout
# added: sys.excepthook = report -> sys.excepthook = report; time.monotonic() @ read time.monotonic at reads
# removed: began = time.time() -> began = 0 @ read time.time at reads
