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
# mutant: + time.time() @ read time.time
# mutant: sleep(10), timeout -> sleep(0.01), timeout @ os.urandom(16)
