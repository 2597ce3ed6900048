"""Async tools that run at once print while they work, and so does who called them."""

# needs: server

import asyncio
import os
import random

import httpx


async def look_up(city):
    print("looking for", city)
    for n in range(3):
        await asyncio.sleep(len(city) / 3000)
        print("looking", city, n)
    return city.upper()


async def think(city):
    await asyncio.sleep(0.002)
    print("thought of", city)
    return city[::-1]


TOOLS = [
    {
        "type": "function",
        "function": {
            "name": tool.__name__,
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
        },
    }
    for tool in (look_up, think)
]


async def main():
    ask = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hi."}], "tools": TOOLS}
    async with httpx.AsyncClient(verify=False) as client:
        await client.post(os.environ["HTTP_BASE_URL"] + "/v1/chat/completions", json=ask)
    tasks = [
        asyncio.create_task(tool(city))
        for city in ("oslo", "lisbon", "rome")
        for tool in (look_up, think)
    ]
    for n in range(6):
        print("main", n)
        await asyncio.sleep(random.random() / 300)
    print(await asyncio.gather(*tasks))


asyncio.run(main())
