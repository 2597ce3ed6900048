"""Context variables: inherited by tasks, callbacks and to_thread, not handed back."""

import asyncio
import contextvars
import random

VAR = contextvars.ContextVar("var", default="none")
SEEN = []


async def child(n):
    SEEN.append(VAR.get())
    VAR.set(f"child {n}")
    await asyncio.sleep(random.random() / 100)
    SEEN.append(VAR.get())
    SEEN.append(await asyncio.to_thread(VAR.get))


async def main():
    VAR.set("main")
    tasks = [asyncio.create_task(child(n)) for n in range(3)]
    other = contextvars.copy_context()
    other.run(VAR.set, "other")
    tasks.append(asyncio.create_task(child(3), context=other))
    asyncio.get_running_loop().call_later(0.005, lambda: SEEN.append(("later", VAR.get())))
    await asyncio.gather(*tasks)
    await asyncio.sleep(0.01)
    print(SEEN, VAR.get(), other[VAR])


asyncio.run(main())
