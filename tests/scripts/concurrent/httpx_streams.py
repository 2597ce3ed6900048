"""Answers of a server, read in pieces by six tasks at once, with one client."""

import asyncio
import os
import random

import httpx

SERVER = os.environ["HTTP_BASE_URL"]
SEEN = []


async def read(client, n):
    await asyncio.sleep(random.random() / 100)
    async with client.stream("GET", f"{SERVER}/{n}") as answer:
        async for line in answer.aiter_lines():
            SEEN.append((n, line[:30]))


async def main():
    async with httpx.AsyncClient() as client:
        await asyncio.gather(*(read(client, n) for n in range(6)))
    print(SEEN)


asyncio.run(main())
# needs: server
