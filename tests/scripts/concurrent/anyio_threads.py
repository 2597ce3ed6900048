"""anyio's threads: to_thread, from_thread, a blocking portal."""

import random
import time

import anyio
from anyio import from_thread, to_thread

OUT = []


async def note(n):
    await anyio.sleep(random.random() / 200)
    OUT.append(n)


def work(n):
    time.sleep(random.random() / 100)
    from_thread.run(note, n)


async def main():
    async with anyio.create_task_group() as group:
        for n in range(5):
            group.start_soon(to_thread.run_sync, work, n)


anyio.run(main)
with from_thread.start_blocking_portal() as portal:
    futures = [portal.start_task_soon(note, -n) for n in range(4)]
    for future in futures:
        future.result()
print(OUT)
# needs: anyio
