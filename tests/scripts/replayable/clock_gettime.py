import time

print(time.clock_gettime(time.CLOCK_REALTIME), time.clock_gettime_ns(time.CLOCK_MONOTONIC))
try:
    time.clock_gettime(12345)
except OSError as error:
    print(error)
# changed: time.CLOCK_REALTIME -> time.CLOCK_MONOTONIC @ read time.clock_gettime(1) at reads
# added: time.clock_gettime(time.CLOCK_MONOTONIC) @ read time.clock_gettime(1) at end
# removed: , time.clock_gettime_ns(time.CLOCK_MONOTONIC)) -> ) @ output stdout
