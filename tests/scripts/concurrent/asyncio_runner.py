"""asyncio.Runner: several runs in one loop, a task that outlives the first."""

import asyncio
import random

ORDER = []


async def tick(n):
    while True:
        await asyncio.sleep(random.random() / 200)
        ORDER.append(n)


async def first():
    asyncio.current_task().get_loop().kept = [asyncio.create_task(tick(n)) for n in range(3)]
    await asyncio.sleep(0.01)
    return len(ORDER) > 0


async def second():
    ORDER.append("second")
    await asyncio.sleep(0.01)


with asyncio.Runner() as runner:
    print(runner.run(first()))
    runner.run(second())
    runner.get_loop().run_until_complete(asyncio.sleep(0.005))
print(ORDER)
