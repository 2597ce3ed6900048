import time

before = time.monotonic()
for attempt in range(3):
    time.sleep(0.01 * 2**attempt)  # here
print("waited", time.monotonic() - before)
try:
    time.sleep(-1)
except ValueError as error:
    print(error)
# changed: 2**attempt -> 3**attempt @ request time.sleep #2
# added: time.sleep(0) @ request time.sleep
# removed: range(3) -> range(2) @ read time.monotonic at time.sleep #3
