"""call_soon_threadsafe and run_coroutine_threadsafe from a thread without a loop."""

import asyncio
import queue
import random
import threading


async def agen(n):
    for i in range(n):
        await asyncio.sleep(random.random() / 200)
        yield i


def sync(n, q):
    async def go():
        async for x in agen(n):
            q.put(x)
        q.put(None)

    asyncio.run(go())


q = queue.Queue()
t = threading.Thread(target=sync, args=(5, q))
t.start()
while (x := q.get()) is not None:
    print(x)
t.join()


async def main():
    loop = asyncio.get_running_loop()
    done = asyncio.Event()
    seen = []

    def work():
        for i in range(3):
            loop.call_soon_threadsafe(seen.append, i)
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.01), loop).result()
        loop.call_soon_threadsafe(done.set)

    threading.Thread(target=work).start()
    await done.wait()
    print(seen)


asyncio.run(main())
