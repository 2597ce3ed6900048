import random

random.seed(42)
print(random.random(), random.randint(1, 100), random.Random("agent").random())
state = random.getstate()
first = random.random()
random.setstate(state)
print(first == random.random(), first)
# same
# mutant: seed(42) -> seed(43) @ mark random.seed
# mutant: + random.seed(1) @ random.seed
