"""A lock: the order in which tasks get it, one cancelled while it waits."""

import asyncio
import random

GOT = []


async def work(lock, n):
    await asyncio.sleep(random.random() / 100)
    try:
        async with lock:
            GOT.append(n)
            await asyncio.sleep(random.random() / 100)
    except asyncio.CancelledError:
        GOT.append(-n)


async def main():
    lock = asyncio.Lock()
    tasks = [asyncio.create_task(work(lock, n)) for n in range(1, 8)]
    await asyncio.sleep(random.random() / 50)
    tasks[3].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    print(GOT, lock.locked())


asyncio.run(main())
