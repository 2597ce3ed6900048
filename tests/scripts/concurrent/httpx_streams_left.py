"""Streams that are left before their end: what the loop does to end the live ones is no turn."""

# needs: server

import asyncio
import os

import httpx

ASK = {
    "model": "gpt-4o-mini",
    "messages": [{"role": "user", "content": "Hi."}],
    "stream": True,
}


async def hear(client, n):
    url = os.environ["HTTP_BASE_URL"] + "/v1/chat/completions"
    async with client.stream("POST", url, json=ASK) as answer:
        lines = answer.aiter_lines()
        async for line in lines:
            if line == "data: [DONE]":
                break
    await lines.aclose()
    print(n, "has left")


async def main():
    async with httpx.AsyncClient(verify=False) as client:
        for _ in range(2):
            await asyncio.gather(*(hear(client, n) for n in range(3)))
            for _ in range(3):
                await asyncio.sleep(0.001)


asyncio.run(main())
