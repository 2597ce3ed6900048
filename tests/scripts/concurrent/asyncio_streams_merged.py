"""Several asynchronous iterators merged into one, in the order of what they yield."""

import asyncio
import random


async def source(name):
    for n in range(4):
        await asyncio.sleep(random.random() / 100)
        yield f"{name}{n}"


async def merged(*sources):
    nexts = {asyncio.ensure_future(anext(s)): s for s in sources}
    while nexts:
        done, _ = await asyncio.wait(nexts, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            s = nexts.pop(task)
            try:
                yield task.result()
                nexts[asyncio.ensure_future(anext(s))] = s
            except StopAsyncIteration:
                pass


async def main():
    print([item async for item in merged(*(source(name) for name in "abc"))])


asyncio.run(main())
