"""Three threads, an event loop in each."""

import asyncio
import random
import threading

out = []


async def main(n):
    for i in range(3):
        await asyncio.sleep(random.random() / 100)
        out.append((n, i))


ts = [threading.Thread(target=asyncio.run, args=(main(n),)) for n in range(3)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(out)
