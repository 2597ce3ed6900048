import random
import time

print(sum(random.random() for _ in range(20_000)))  # here
time.sleep(0.001)
print(random.randint(1, 1_000_000), sum(random.randint(1, 6) for _ in range(3_000)))
time.sleep(0.001)
print(random.random())
# changed: 1, 1_000_000 -> 1, 100 @ read random.getrandbits(7) at reads #2
# added: 20_000 -> 20_001 @ mark random.state
# added: random.random() @ mark random.state
# removed: range(3_000) -> range(2_999) @ mark random.state #2
