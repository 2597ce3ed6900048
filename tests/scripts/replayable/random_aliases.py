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
# mutant: 0.25 * draw() -> 0.25 @ random.random
# mutant: range(3) -> range(2) @ read random.getrandbits(2)
