"""asyncio.run in a thread of a task of asyncio.run, twice over."""

import asyncio
import random
import threading


async def leaf(n):
    await asyncio.sleep(random.random() / 100)
    return n, threading.current_thread() is threading.main_thread()


async def branch(n):
    leaves = (asyncio.to_thread(asyncio.run, leaf((n, i))) for i in range(2))
    return [await f for f in asyncio.as_completed(leaves)]


async def main():
    branches = (asyncio.to_thread(asyncio.run, branch(n)) for n in range(3))
    for f in asyncio.as_completed(branches):
        print(await f)


asyncio.run(main())
