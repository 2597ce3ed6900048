"""Tasks ask at once; what is asked then depends on whose answer came last."""

import asyncio
import os

import httpx

last = ""


async def ask(client, name):
    global last
    answer = await client.get(f"/{name}")
    last = f"{name} {answer.status_code}"


async def main():
    async with httpx.AsyncClient(base_url=os.environ["HTTP_BASE_URL"]) as client:
        await ask(client, "first")
        await asyncio.gather(ask(client, "slow?hang=1"), *(ask(client, n) for n in "abc"))
        await client.get(f"/summary?of={last[:1]}")
    print("done")


asyncio.run(main())
