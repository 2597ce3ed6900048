"""run_coroutine_threadsafe from three threads: results, a timeout, a cancellation."""

import asyncio
import random
import threading

OUT = []


async def work(n):
    await asyncio.sleep(random.random() / 50)
    return n


def caller(loop, n):
    OUT.append(asyncio.run_coroutine_threadsafe(work(n), loop).result())
    future = asyncio.run_coroutine_threadsafe(work(-n), loop)
    try:
        OUT.append(future.result(0.01))
    except TimeoutError:
        OUT.append((n, "late", future.cancel()))


async def main():
    loop = asyncio.get_running_loop()
    threads = [threading.Thread(target=caller, args=(loop, n)) for n in range(1, 4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        await asyncio.sleep(0.001)
    print(OUT)


asyncio.run(main())
