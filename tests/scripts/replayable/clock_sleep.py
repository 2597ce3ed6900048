import time

before = time.monotonic()
for attempt in range(3):
    time.sleep(0.01 * 2**attempt)  # here
print("waited", time.monotonic() - before)
try:
    time.sleep(-1)
except ValueError as error:
    print(error)
# mutant: 2**attempt -> 3**attempt @ request time.sleep
# mutant: range(3) -> range(4) @ read time.monotonic
# mutant: + time.sleep(0) @ request time.sleep
