import time
from time import monotonic, perf_counter as timer

a, b = monotonic(), timer()
total = sum(range(1000))
print(monotonic() - a, timer() - b, time.perf_counter_ns(), time.monotonic_ns(), total)
print(time.process_time(), time.thread_time(), time.process_time_ns(), time.thread_time_ns())
# changed: monotonic() - a -> timer() - a @ read time.perf_counter at reads
# added: timer() @ read time.perf_counter at end
# removed: time.perf_counter_ns(), time -> time @ read time.monotonic_ns at reads
