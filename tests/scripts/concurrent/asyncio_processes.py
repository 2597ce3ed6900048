"""An event loop that runs work in a pool of processes."""

import asyncio
import random
import time
from concurrent.futures import ProcessPoolExecutor


def work(n):
    time.sleep(random.random() / 50)
    return n * n


async def main():
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(2) as pool:
        asked = [loop.run_in_executor(pool, work, n) for n in range(5)]
        for answer in asyncio.as_completed(asked):
            print(await answer)
        print(await asyncio.gather(*(loop.run_in_executor(pool, work, n) for n in range(3))))


if __name__ == "__main__":
    asyncio.run(main())
