"""A tool that is run again and one that is served wake in one turn of the loop, and both print."""

# needs: server

import asyncio
import os
import time

import httpx


async def look_up(city):
    print("looking for", city)
    await asyncio.sleep(0.001)
    print("looking still for", city)
    await asyncio.sleep(0.02)
    print("looked for", city)
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


async def hear(task):
    print("heard", await task)


async def main():
    ask = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hi."}], "tools": TOOLS}
    async with httpx.AsyncClient(verify=False) as client:
        await client.post(os.environ["HTTP_BASE_URL"] + "/v1/chat/completions", json=ask)
    for cities in (("oslo", "rome"), ("rome", "oslo"), ("lima", "lima")):
        tools = asyncio.gather(
            *(hear(asyncio.create_task(tool(city))) for tool, city in zip((look_up, think), cities))
        )
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        print("both are at it")
        time.sleep(0.01)
        await tools


asyncio.run(main())
