"""Sets of tasks and futures: the order in which they are gone through."""

import asyncio
import random


async def work(n):
    await asyncio.sleep(random.random() / 100)
    running.discard(asyncio.current_task())
    print(n, [task.get_name() for task in running])


running = set()


async def main():
    for n in range(8):
        running.add(asyncio.create_task(work(n), name=f"t{n}"))
    await asyncio.wait(running)
    print(sorted(len(t.get_name()) for t in asyncio.all_tasks()))


asyncio.run(main())
