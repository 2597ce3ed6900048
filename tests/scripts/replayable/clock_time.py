import time

started = time.time()
print("started", started, time.time_ns())
print("took", time.time() - started)  # here
# changed: started = time.time() -> started = time.monotonic() @ read time.monotonic at reads
# added: time.time() @ read time.time at end
# removed: print("took" @ read time.time at reads
