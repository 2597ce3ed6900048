"""A bounded queue: three producers, two consumers, join, get_nowait of the rest."""

import asyncio
import random

OUT = []


async def produce(queue, n):
    for i in range(5):
        await asyncio.sleep(random.random() / 200)
        await queue.put((n, i))


async def consume(queue, name):
    while True:
        item = await queue.get()
        await asyncio.sleep(random.random() / 200)
        OUT.append((name, item))
        queue.task_done()


async def main():
    queue = asyncio.Queue(2)
    consumers = [asyncio.create_task(consume(queue, name)) for name in "ab"]
    await asyncio.gather(*(produce(queue, n) for n in range(3)))
    await queue.join()
    for task in consumers:
        task.cancel()
    print(await asyncio.gather(*consumers, return_exceptions=True), OUT)
    try:
        queue.get_nowait()
    except asyncio.QueueEmpty:
        print("empty", queue.qsize())


asyncio.run(main())
