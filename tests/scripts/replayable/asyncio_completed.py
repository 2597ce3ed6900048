import asyncio
import uuid


async def vote(n):
    await asyncio.sleep(0)
    return f"{n}:{uuid.uuid4().hex[:4]}"


async def main():
    for first in asyncio.as_completed([vote(n) for n in range(8)]):
        print(await first)
    done, pending = await asyncio.wait([asyncio.ensure_future(vote(n)) for n in range(6)])
    print([task.result() for task in done], pending)
    for n in range(4):
        asyncio.create_task(last(n))
    await asyncio.sleep(0)


async def last(n):
    try:
        await asyncio.sleep(60)
    finally:
        print("cancelled", n, uuid.uuid4().hex[:4])


asyncio.run(main())
# changed: "cancelled" -> "stopped" @ output stdout #10
# added: range(6) -> range(7) @ output stdout #9
# removed: range(8) -> range(7) @ output stdout #8
# removed: range(4) -> range(3) @ read os.urandom(16) at reads #19 in main/task:last#4
