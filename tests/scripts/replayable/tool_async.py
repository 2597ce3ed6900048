"""Async tools, one after another; one takes too long."""
import asyncio
import os
import random

import httpx2


async def fetch(city):
    await asyncio.sleep(0.02)
    print("fetched", city)
    return {"city": city, "degrees": random.random()}


async def slow(seconds):
    await asyncio.sleep(seconds)
    return "late"


async def main():
    names = ["fetch", "slow"]
    schema = [{"type": "function", "function": {"name": n, "parameters": {"type": "object"}}} for n in names]
    messages = [{"role": "user", "content": "Weather?"}]
    async with httpx2.AsyncClient(base_url=os.environ["OPENAI_BASE_URL"]) as client:
        ask = {"model": "gpt-4o-mini", "messages": messages, "tools": schema}
        await client.post("/chat/completions", json=ask)
    print(await fetch("Oslo"), await fetch("Rome"))
    try:
        print(await asyncio.wait_for(slow(30), 0.05))
    except TimeoutError:
        print("too slow")
    print(await asyncio.create_task(fetch("Bern")))


asyncio.run(main())

# needs: server
# changed: "Rome" -> "Riga" @ request tool.call #2
# added: print(await fetch("Oslo") -> await fetch("Ulm"); print(await fetch("Oslo") @ request tool.call
# removed: await fetch("Oslo"), -> 0, @ request tool.call
