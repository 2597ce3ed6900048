"""anyio's task group: start, a stream between tasks, a capacity limiter."""

import random

import anyio


async def work(n, limiter, send, *, task_status=anyio.TASK_STATUS_IGNORED):
    task_status.started(n)
    async with send, limiter:
        await anyio.sleep(random.random() / 100)
        await send.send(n)


async def main():
    send, receive = anyio.create_memory_object_stream(2)
    limiter = anyio.CapacityLimiter(3)
    async with anyio.create_task_group() as group, receive:
        for n in range(8):
            print(await group.start(work, n, limiter, send.clone()))
        send.close()
        print([n async for n in receive])


anyio.run(main)
# needs: anyio
