"""wrap_future: futures of a pool of threads, awaited in a loop."""

import asyncio
import random
import time
from concurrent.futures import ThreadPoolExecutor


def work(n):
    time.sleep(random.random() / 50)
    return n


async def main():
    with ThreadPoolExecutor(3) as pool:
        futures = [asyncio.wrap_future(pool.submit(work, n)) for n in range(6)]
        futures[5].cancel()
        for f in asyncio.as_completed(futures[:5]):
            print(await f)
        print(futures[5].cancelled())


asyncio.run(main())
