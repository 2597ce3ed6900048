import random


class Dice(random.Random):
    def roll(self):
        return self.randint(1, 6)


mine = random.Random()
print(mine.random(), mine.sample(range(100), 3), [Dice().roll() for _ in range(5)])
random.seed()
print(random.random(), random.Random(None).getrandbits(40), Dice(7).roll())
# changed: Dice(7) -> Dice(8) @ output stdout #2
# added: random.Random() @ read random.seed at end
# removed: mine = random.Random() -> mine = random.Random(3) @ output stdout
