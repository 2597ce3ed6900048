"""Eight model calls, taken as they are answered; then the first of four."""

import asyncio

import world


async def one(client, number):
    return number, await world.ask_async(client, f"question {number}")


async def main():
    async with world.async_client() as client:
        for answered in asyncio.as_completed([one(client, number) for number in range(8)]):
            number, text = await answered
            print(number, text)
        tasks = [asyncio.create_task(one(client, number)) for number in range(8, 12)]
        done, late = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        print("first", sorted(task.result()[0] for task in done), "late", len(late))
        for number, text in await asyncio.gather(*tasks):
            print(number, text)


asyncio.run(main())
