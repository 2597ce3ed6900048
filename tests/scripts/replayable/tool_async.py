"""Async tools, one after another; one takes too long."""
import asyncio
import random

from openai import AsyncOpenAI


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
    await AsyncOpenAI().chat.completions.create(model="gpt-4o-mini", messages=messages, tools=schema)
    print(await fetch("Oslo"), await fetch("Rome"))
    try:
        print(await asyncio.wait_for(slow(30), 0.05))
    except TimeoutError:
        print("too slow")
    print(await asyncio.create_task(fetch("Bern")))


asyncio.run(main())

# needs: server
# mutant: "Rome" -> "Riga" @ request tool.call
# mutant: slow(30) -> slow(31) @ request tool.call
