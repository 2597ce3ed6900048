"""A task begun by a thread's callback calls out beside the tasks of the loop's own thread."""

# needs: server

import asyncio
import os
import threading

import httpx

URL = os.environ["HTTP_BASE_URL"]


async def main():
    loop = asyncio.get_running_loop()
    begun = []
    async with httpx.AsyncClient(verify=False) as client:

        async def ask(name):
            for n in range(3):
                answer = await client.get(f"{URL}/echo", params={"name": name, "n": n})
                print(name, n, answer.json()["serial"])

        def begin():
            begun.append(loop.create_task(ask("theirs")))

        thread = threading.Thread(target=loop.call_soon_threadsafe, args=(begin,))
        thread.start()
        await asyncio.gather(ask("ours"), asyncio.to_thread(thread.join))
        await asyncio.gather(*begun)


asyncio.run(main())
