import random

print(random.random(), random.uniform(1, 2), random.randint(1, 6), random.randrange(0, 100, 5))
print(random.choice(["search", "ask", "stop"]), random.choices("abc", weights=[1, 2, 3], k=5))
print(random.sample(range(1000), 4), random.gauss(0, 1), random.betavariate(2, 3))
print(random.getrandbits(80), random.randbytes(5).hex(), random.triangular(), random.expovariate(1))
deck = list(range(12))
random.shuffle(deck)
print(deck)
# changed: random.randint(1, 6) -> random.randint(1, 100) @ read random.getrandbits(7) at reads
# added: random.random() @ read random.random at end
# removed: random.shuffle(deck) @ output stdout #5
