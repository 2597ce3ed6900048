"""sleep(0) only: tasks take turns, a thread's result comes at a random turn."""

import asyncio
import random
import time


def slow():
    time.sleep(random.random() / 100)
    return "thread"


async def main():
    work, turns = asyncio.ensure_future(asyncio.to_thread(slow)), 0
    while not work.done():
        await asyncio.sleep(0)
        turns += 1
    print(turns, await work)


asyncio.run(main())
