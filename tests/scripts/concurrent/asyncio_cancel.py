"""Cancellation at several awaits: a sleep, a lock, a queue, a future, a task, an event."""

import asyncio
import random


async def victim(n, stages):
    try:
        for name, stage in stages:
            await stage()
            await asyncio.sleep(random.random() / 100)
    except asyncio.CancelledError:
        print(n, "cancelled at", name)
        await asyncio.sleep(0)
        print(n, asyncio.current_task().cancelling())
        raise


async def main():
    lock, queue, event = asyncio.Lock(), asyncio.Queue(), asyncio.Event()
    stages = [
        ("sleep", lambda: asyncio.sleep(random.random() / 100)),
        ("lock", lock.acquire),
        ("queue", queue.get),
        ("event", event.wait),
        ("future", lambda: asyncio.get_running_loop().create_future()),
    ]
    tasks = [asyncio.create_task(victim(n, stages[n % 4 :])) for n in range(8)]
    for n in range(3):
        queue.put_nowait(n)
    for task in tasks:
        await asyncio.sleep(random.random() / 100)
        task.cancel("enough")
        if random.random() < 0.3:
            event.set()
    print(await asyncio.gather(*tasks, return_exceptions=True))


asyncio.run(main())
