import random

random.seed(42)
print(random.random(), random.randint(1, 100), random.Random("agent").random())
state = random.getstate()
first = random.random()
random.setstate(state)
print(first == random.random(), first)
# same
# changed: seed(42) -> seed(43) @ mark random.seed
# added: random.seed(1) @ extra random.seed at end
# removed: random.seed(42) @ read random.random at random.seed
