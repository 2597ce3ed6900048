import asyncio
import time
import uuid


def tool(n):
    return n, uuid.uuid4().hex, time.time()


async def main():
    print(await asyncio.to_thread(tool, 1))
    loop = asyncio.get_running_loop()
    print(await asyncio.wait_for(loop.run_in_executor(None, tool, 2), timeout=20))
    loop.call_later(0.02, lambda: print("later", time.time()))
    await asyncio.sleep(0.05)


asyncio.run(main())
# changed: tool, 1 -> tool, 3 @ output stdout
# added: .hex, time.time() -> .hex, time.time() + time.time() @ read time.time at end in main/work:tool#1
# removed: .hex, time.time() -> .hex, 0.0 @ output stdout
