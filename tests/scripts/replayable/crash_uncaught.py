"""An error that nobody catches, some frames down, after some work."""
import atexit
import random
import time


class Plan:
    def __init__(self, steps):
        self.steps = steps

    def run(self):
        return [self.step(number) for number in range(self.steps)]

    def step(self, number):
        time.sleep(0.001)
        if number == 2:
            raise ValueError(
                f"step {number} failed at {time.time()}"
            )
        return random.random()


atexit.register(lambda: print("at exit", time.monotonic()))
Plan(4).run()

# changed: number == 2 -> number == 1 @ read time.time at reads #2
# added: Plan(4).run() -> time.sleep(0), Plan(4).run() @ request time.sleep
# removed: time.sleep(0.001) @ read random.random at time.sleep
