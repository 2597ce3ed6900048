"""wait until FIRST_EXCEPTION: which tasks are done, in the order of the set."""

import asyncio
import random


async def work(n):
    await asyncio.sleep(random.random() / 100)
    if n == 2:
        raise ValueError(n)
    return n


async def main():
    left = {asyncio.create_task(work(n), name=f"t{n}") for n in range(6)}
    while left:
        done, left = await asyncio.wait(left, return_when=asyncio.FIRST_EXCEPTION)
        print([task.get_name() for task in done], [task.get_name() for task in left])
        print([repr(task.exception()) for task in done if task.exception()])
    slow = [asyncio.create_task(asyncio.sleep(n / 50)) for n in range(3)]
    done, left = await asyncio.wait(slow, timeout=0.03, return_when=asyncio.FIRST_EXCEPTION)
    print(len(done), len(left))


asyncio.run(main())
