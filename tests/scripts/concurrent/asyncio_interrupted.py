"""Ctrl-C while tasks run: they are cancelled, and clean up in their order."""

import asyncio
import os
import random
import signal


async def work(n):
    try:
        await asyncio.sleep(5)
    finally:
        await asyncio.sleep(random.random() / 100)
        print("cleaned", n)


async def main():
    tasks = [asyncio.create_task(work(n)) for n in range(4)]
    asyncio.get_running_loop().call_later(0.01, os.kill, os.getpid(), signal.SIGINT)
    await asyncio.gather(*tasks)


try:
    asyncio.run(main())
except KeyboardInterrupt:
    print("interrupted")
