"""add_signal_handler: the handler runs in the loop, between the steps of tasks."""

import asyncio
import os
import random
import signal

SEEN = []


async def work(n):
    for i in range(3):
        await asyncio.sleep(random.random() / 100)
        SEEN.append((n, i))


async def main():
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGUSR1, SEEN.append, "signal")
    loop.add_signal_handler(signal.SIGTERM, done.set)
    loop.call_later(random.random() / 100, os.kill, os.getpid(), signal.SIGUSR1)
    await asyncio.gather(work(1), work(2))
    os.kill(os.getpid(), signal.SIGTERM)
    await done.wait()
    print(SEEN, loop.remove_signal_handler(signal.SIGTERM))


asyncio.run(main())
