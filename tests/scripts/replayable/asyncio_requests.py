"""Many requests under way at once: gathered, raced, timed out, streamed, queued, cancelled."""
import asyncio
import os
import random

import httpx2


async def serial(client, name):
    await asyncio.sleep(random.random() / 50)
    answer = (await client.get("/get", params={"q": name})).json()
    print(name, answer["serial"])
    return answer["serial"]


async def lines(client, count):
    async with client.stream("GET", f"/stream/{count}") as answer:
        async for line in answer.aiter_lines():
            print(count, line)


async def produce(client, queue, n):
    await queue.put(await serial(client, f"queued {n}"))


async def main():
    async with httpx2.AsyncClient(base_url=os.environ["HTTP_BASE_URL"], timeout=9) as client:
        print(await asyncio.gather(*(serial(client, f"gathered {n}") for n in range(6))))
        for first in asyncio.as_completed([serial(client, f"raced {n}") for n in range(6)]):
            print(await first)
        for n in range(4):
            try:
                print(await asyncio.wait_for(serial(client, f"hurried {n}"), 0.015))
            except TimeoutError:
                print("too slow", n)
        async with asyncio.TaskGroup() as group:
            for n in range(2, 6):
                group.create_task(lines(client, n))
        tasks = {asyncio.create_task(serial(client, f"first {n}")) for n in range(4)}
        done, left = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        print([task.result() for task in done])
        for task in left:
            task.cancel()
        print([type(each).__name__ for each in await asyncio.gather(*left, return_exceptions=True)])
        queue = asyncio.Queue()
        makers = [asyncio.create_task(produce(client, queue, n)) for n in range(4)]
        print([await queue.get() for _ in makers])


asyncio.run(main())
# needs: server
# changed: random.random() / 50 -> random.random() / 60 @ timer asyncio.timer at end in main/task:serial#1
# added: print([task.result() -> await serial(client, "x"); print([task.result() @ read random.random at http.close
# removed: print(name, answer["serial"]) @ output stdout
