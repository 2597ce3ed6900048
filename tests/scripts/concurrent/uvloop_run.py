"""uvloop asked for in each of its ways: asyncio's own loop stands in for it."""

import asyncio
import random
import sys

import uvloop


async def work(n):
    await asyncio.sleep(random.random() / 100)
    return n


async def main():
    print([await done for done in asyncio.as_completed([work(n) for n in range(6)])])


uvloop.run(main())
loop = uvloop.new_event_loop()
print(isinstance(loop, uvloop.Loop))
loop.run_until_complete(main())
loop.close()
with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
    runner.run(main())
if sys.version_info < (3, 12):
    uvloop.install()
    asyncio.run(main())
# needs: uvloop
