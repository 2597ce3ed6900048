"""timeout and timeout_at: nested, moved, and the one that is over is told."""

import asyncio
import random


async def work(n):
    try:
        async with asyncio.timeout(0.02) as outer:
            async with asyncio.timeout(random.random() / 20) as inner:
                await asyncio.sleep(random.random() / 20)
        return n, "done"
    except TimeoutError:
        return n, "inner" if inner.expired() else "outer", outer.expired()


async def main():
    print(await asyncio.gather(*(work(n) for n in range(8))))
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout_at(loop.time() + 10) as limit:
            limit.reschedule(loop.time() + 0.01)
            await asyncio.sleep(5)
    except TimeoutError:
        print(limit, limit.expired())


asyncio.run(main())
