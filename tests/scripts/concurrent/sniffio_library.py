"""sniffio tells which library runs: in tasks, in threads, outside."""

import asyncio
import random

import sniffio

SEEN = []


async def work(n):
    await asyncio.sleep(random.random() / 100)
    SEEN.append((n, sniffio.current_async_library()))


def look():
    try:
        return sniffio.current_async_library()
    except sniffio.AsyncLibraryNotFoundError as e:
        return type(e).__name__


async def main():
    await asyncio.gather(*(work(n) for n in range(5)))
    print(SEEN, await asyncio.get_running_loop().run_in_executor(None, look))


asyncio.run(main())
print(look())
# needs: sniffio
