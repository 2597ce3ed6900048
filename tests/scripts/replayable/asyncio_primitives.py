"""Locks, events, conditions, semaphores, barriers of tasks that wait for different times."""
import asyncio
import random
import time
import uuid

ORDER = []


async def nap():
    await asyncio.sleep(random.random() / 100)


async def locked(lock, n):
    await nap()
    async with lock:
        ORDER.append(f"lock {n}")
        await nap()


async def limited(limit, n):
    async with limit:
        await nap()
        ORDER.append(f"limit {n}")


async def waiting(condition, n):
    await nap()
    async with condition:
        await condition.wait()
        ORDER.append(f"told {n}")


async def telling(condition):
    for _ in range(3):
        await asyncio.sleep(0.02)
        async with condition:
            condition.notify()


async def parting(barrier, n):
    await nap()
    ORDER.append(f"barrier {await barrier.wait()} {n}")


async def failing(n):
    await nap()
    if n % 2:
        raise ValueError(n)
    await asyncio.sleep(30)


async def ticks():
    try:
        while True:
            yield uuid.uuid4().hex[:4]
            await nap()
    finally:
        print("closed")


async def main():
    lock, limit, condition = asyncio.Lock(), asyncio.Semaphore(2), asyncio.Condition()
    barrier = asyncio.Barrier(3)
    async with asyncio.TaskGroup() as group:
        for n in range(3):
            group.create_task(locked(lock, n))
            group.create_task(limited(limit, n))
            group.create_task(waiting(condition, n))
            group.create_task(parting(barrier, n))
        group.create_task(telling(condition))
    print(ORDER)
    try:
        async with asyncio.TaskGroup() as group:
            for n in range(5):
                group.create_task(failing(n))
    except* ValueError as errors:
        print(errors.exceptions)
    found = []
    async for tick in ticks():
        found.append(tick)
        if len(found) == 3:
            break
    async with asyncio.timeout(0.5):
        done = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(0.01, done.set_result, "later")
        print(found, await done, await asyncio.to_thread(time.time))
    print(await asyncio.gather(*(asyncio.to_thread(sum, range(n)) for n in range(5))))


asyncio.run(main())
# changed: sleep(0.02) -> sleep(0.03) @ timer asyncio.timer at end in main/task:telling#1
# added: ORDER = [] -> ORDER = [time.time()] @ read time.time at reads
# removed: ORDER.append(f"limit {n}") @ output stdout
