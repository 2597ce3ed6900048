import asyncio
import time
import uuid


async def main():
    before = time.monotonic()
    await asyncio.sleep(0.2)  # here
    print("slept", time.monotonic() - before)
    try:
        await asyncio.wait_for(asyncio.sleep(10), timeout=0.05)
    except TimeoutError:
        print("timed out", uuid.uuid4())
    async with asyncio.timeout(5):
        await asyncio.sleep(0.01)


asyncio.run(main())
# changed: asyncio.sleep(0.2) -> asyncio.sleep(0.3) @ timer asyncio.timer at end
# added: time.time() @ read time.time at reads
# removed: uuid.uuid4()) -> "none") @ output stdout #2
