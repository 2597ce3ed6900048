import time
from random import choice, random, shuffle  # as openai and tenacity do


def backoff(attempt, draw=random):
    return min(8.0, 0.5 * 2**attempt) * (1 - 0.25 * draw())


for attempt in range(3):
    print("retry in", backoff(attempt))
    time.sleep(backoff(attempt) / 1000)
names = ["ada", "bob", "cyd"]
shuffle(names)
print(names, choice(names))
# changed: 0.5 * 2 -> 0.6 * 2 @ request time.sleep
# added: range(3) -> range(4) @ read random.random at reads #4
# removed: 0.25 * draw() -> 0.25 @ read random.random at reads
