"""A task that fails and that nobody asks: what the loop's handler is told, and its traceback."""

import asyncio
import gc
import random


async def fail(n):
    await asyncio.sleep(random.random() / 100)
    raise ValueError(n)


async def main():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda loop, told: print(told["message"], repr(told["exception"])))
    for n in range(3):
        asyncio.create_task(fail(n))
    await asyncio.sleep(0.02)
    gc.collect()
    loop.set_exception_handler(None)
    asyncio.create_task(fail(9))
    await asyncio.sleep(0.02)
    gc.collect()
    loop.call_soon(lambda: 1 / 0)
    await asyncio.sleep(0)
    print("end")


asyncio.run(main())
