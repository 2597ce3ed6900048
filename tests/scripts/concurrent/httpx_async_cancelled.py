"""Requests of tasks, each with a limit that some of them do not meet."""

import asyncio
import os
import random

import httpx

SERVER = os.environ["HTTP_BASE_URL"]


async def ask(client, n):
    try:
        async with asyncio.timeout(random.random() / 20):
            answer = await client.get(f"{SERVER}/get/{n}")
            return n, answer.json()["serial"]
    except TimeoutError:
        return n, "late"


async def main():
    async with httpx.AsyncClient() as client:
        for f in asyncio.as_completed([ask(client, n) for n in range(12)]):
            print(await f)


asyncio.run(main())
# needs: server
