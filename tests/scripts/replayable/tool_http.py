"""A tool that pays over the network, and one that fails there: a replay pays nobody."""
import os

import httpx2


def pay(account, cents):
    answer = httpx2.post(os.environ["HTTP_BASE_URL"] + "/post", json={"account": account, "cents": cents})
    return answer.json()["serial"]


async def refuse(account):
    async with httpx2.AsyncClient(base_url=os.environ["HTTP_BASE_URL"]) as client:
        (await client.get("/status/503")).raise_for_status()


names = ["pay", "refuse"]
SCHEMA = [{"type": "function", "function": {"name": n, "parameters": {"type": "object"}}} for n in names]
messages = [{"role": "user", "content": "Pay."}]
ask = {"model": "gpt-4o-mini", "messages": messages, "tools": SCHEMA}
httpx2.post(os.environ["OPENAI_BASE_URL"] + "/chat/completions", json=ask)
print(pay("A", 100), pay("B", cents=200))
import asyncio

asyncio.run(refuse("C"))

# needs: server
# changed: cents=200 -> cents=2000 @ request tool.call #2
# added: import asyncio -> import asyncio; pay("D", 1) @ request tool.call #3
# removed: pay("A", 100), -> 0, @ request tool.call
