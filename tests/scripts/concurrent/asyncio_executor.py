"""run_in_executor in a pool of two: an exception, and a result nobody waits for any more."""

import asyncio
import random
import time
from concurrent.futures import ThreadPoolExecutor

ENDS = []


def work(n):
    time.sleep(random.random() / 50)
    ENDS.append(n)
    if n == 2:
        raise ValueError(n)
    return n


async def main():
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(2) as pool:
        futures = [loop.run_in_executor(pool, work, n) for n in range(6)]
        print(await asyncio.gather(*futures, return_exceptions=True))
        try:
            await asyncio.wait_for(loop.run_in_executor(pool, work, 7), 0.005)
            print("in time")
        except TimeoutError:
            print("late")
    print(ENDS)


asyncio.run(main())
