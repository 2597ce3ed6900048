import asyncio
import random
import uuid


async def ask(n):
    await asyncio.sleep(random.random() / 50)
    return n, uuid.uuid4().hex[:8]


async def main():
    print(await asyncio.gather(*(ask(n) for n in range(5))))
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(ask(n)) for n in range(3)]
    print([task.result() for task in tasks], asyncio.current_task().get_coro().__qualname__)


asyncio.run(main())
# changed: hex[:8] -> hex[:9] @ output stdout
# added: range(5)))) -> range(5)))); uuid.uuid4() @ read os.urandom(16) at end
# removed: print([task @ output stdout #2
