import time

started = time.time()
print("started", started, time.time_ns())
print("took", time.time() - started)  # here
# mutant: started = time.time() -> started = time.monotonic() @ read time.monotonic
# mutant: + time.time() @ read time.time
# mutant: print("took" ->  @ read time.time
