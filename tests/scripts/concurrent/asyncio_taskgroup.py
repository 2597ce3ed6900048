"""A task group: tasks that start tasks, two that fail, the others cancelled."""

import asyncio
import random

ENDS = []


async def work(group, n):
    try:
        await asyncio.sleep(random.random() / 100)
        if n < 3:
            group.create_task(work(group, n + 10))
        if n in (11, 12):
            raise ValueError(n)
        await asyncio.sleep(random.random() / 100)
        ENDS.append(n)
    except asyncio.CancelledError:
        ENDS.append(-n)
        if n == 10:
            raise KeyError(n) from None
        raise


async def main():
    try:
        async with asyncio.TaskGroup() as group:
            for n in range(5):
                group.create_task(work(group, n))
    except* ValueError as e:
        print("values", e.exceptions)
    except* KeyError as e:
        print("keys", e.exceptions)
    print(ENDS)


asyncio.run(main())
