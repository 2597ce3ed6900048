"""A child's pipes in an event loop, beside a thread that asks every few milliseconds."""

import asyncio
import threading
import time

OVER = threading.Event()
SEEN = []


def tick():
    while not OVER.is_set():
        SEEN.append(time.monotonic())
        time.sleep(0.02)


async def main():
    child = await asyncio.create_subprocess_exec("cat", stdin=-1, stdout=-1)
    child.stdin.write(b"hello\n")
    await child.stdin.drain()
    print(await child.stdout.readline())
    await asyncio.sleep(0.1)
    child.stdin.close()
    print(await child.wait())


thread = threading.Thread(target=tick)
thread.start()
asyncio.run(main())
OVER.set()
thread.join()
print(len(SEEN))
