"""An event that is set and cleared while tasks wait for it with a limit."""

import asyncio
import random


async def wait(event, n):
    for i in range(3):
        try:
            await asyncio.wait_for(event.wait(), random.random() / 50)
            print(n, i, "set")
            await asyncio.sleep(random.random() / 100)
        except TimeoutError:
            print(n, i, "not set")


async def toggle(event):
    while True:
        await asyncio.sleep(random.random() / 100)
        event.set()
        await asyncio.sleep(random.random() / 200)
        event.clear()


async def main():
    event = asyncio.Event()
    toggling = asyncio.create_task(toggle(event))
    await asyncio.gather(*(wait(event, n) for n in range(4)))
    toggling.cancel()


asyncio.run(main())
