import time

print(time.clock_gettime(time.CLOCK_REALTIME), time.clock_gettime_ns(time.CLOCK_MONOTONIC))
try:
    time.clock_gettime(12345)
except OSError as error:
    print(error)
# mutant: time.CLOCK_REALTIME -> time.CLOCK_MONOTONIC @ read time.clock_gettime(1)
# mutant: + time.clock_gettime(time.CLOCK_MONOTONIC) @ read time.clock_gettime(1)
