"""asyncio.to_thread and run_in_executor, in the order of their ends."""

import asyncio
import random
import time

out = []


def work(n):
    time.sleep(random.random() / 50)
    out.append(n)
    return n


async def main():
    print(await asyncio.gather(*(asyncio.to_thread(work, n) for n in range(6))))
    loop = asyncio.get_running_loop()
    for f in asyncio.as_completed([loop.run_in_executor(None, work, n) for n in range(6)]):
        print(await f)
    print(out)


asyncio.run(main())
