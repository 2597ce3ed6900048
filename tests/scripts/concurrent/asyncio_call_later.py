"""call_later, call_at, call_soon: in the order of their times, one cancelled."""

import asyncio
import random


async def main():
    loop, order, done = asyncio.get_running_loop(), [], asyncio.Event()
    for n in range(6):
        loop.call_later(random.random() / 100, order.append, n)
        loop.call_at(loop.time() + random.random() / 100, order.append, -n)
    loop.call_soon(order.append, "soon")
    never = loop.call_later(0.005, order.append, "never")
    never.cancel()
    loop.call_later(0.02, done.set)
    await done.wait()
    print(order, never.cancelled())


asyncio.run(main())
