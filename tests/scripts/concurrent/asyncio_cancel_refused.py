"""A task that swallows one cancellation, uncancels, and goes on."""

import asyncio
import random


async def stubborn(n):
    refused = 0
    for i in range(4):
        try:
            await asyncio.sleep(random.random() / 50)
        except asyncio.CancelledError:
            refused += 1
            asyncio.current_task().uncancel()
            if refused == 2:
                return f"{n} gave up at {i}"
    return f"{n} done, refused {refused}"


async def main():
    tasks = [asyncio.create_task(stubborn(n)) for n in range(5)]
    for _ in range(8):
        await asyncio.sleep(random.random() / 100)
        random.choice(tasks).cancel()
    print(await asyncio.gather(*tasks))


asyncio.run(main())
