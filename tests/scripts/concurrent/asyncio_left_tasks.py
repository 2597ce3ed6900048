"""Tasks that main does not wait for: cancelled at its end, in their order."""

import asyncio
import random


async def work(n):
    try:
        for _ in range(20):
            await asyncio.sleep(random.random() / 200)
    finally:
        print("left", n)


async def main():
    globals()["kept"] = [asyncio.create_task(work(n)) for n in range(5)]
    await asyncio.sleep(random.random() / 50)
    print("main ends")


asyncio.run(main())
