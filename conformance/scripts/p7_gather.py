"""Eight model calls at once, four of them the same; each task prints as it is answered."""

import asyncio

import world


async def one(client, number):
    text = await world.ask_async(client, f"question {max(number, 3)}")
    print(number, text)
    return text


async def main():
    async with world.async_client() as client:
        texts = await asyncio.gather(*(one(client, number) for number in range(8)))
    print(*texts, sep=" | ")


asyncio.run(main())
