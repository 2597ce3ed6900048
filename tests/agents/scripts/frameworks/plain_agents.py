"""The same question asked with requests, urllib and aiohttp: three small agents without an SDK."""

import asyncio
import json
import os
import urllib.request

import aiohttp
import requests

URL = os.environ["OPENAI_BASE_URL"] + "/chat/completions"
HEADERS = {"Authorization": "Bearer " + os.environ["OPENAI_API_KEY"], "Content-Type": "application/json"}
TOOLS = [{"type": "function", "function": {"name": "lookup", "parameters": {"type": "object", "properties": {"order_id": {"type": "string"}}}}}]


def body(messages, **more):
    return {"model": "gpt-4o-mini", "messages": messages, **more}


def with_requests():
    messages = [{"role": "user", "content": "Where is my order?"}]
    session = requests.Session()
    for _ in range(5):
        answer = session.post(URL, json=body(messages, tools=TOOLS), headers=HEADERS, timeout=10)
        answer.raise_for_status()
        message = answer.json()["choices"][0]["message"]
        messages.append(message)
        if not message.get("tool_calls"):
            return message["content"]
        for call in message["tool_calls"]:
            arguments = json.loads(call["function"]["arguments"])
            messages.append({"role": "tool", "tool_call_id": call["id"], "content": f"{arguments} shipped"})
    return None


def with_urllib():
    request = urllib.request.Request(URL, json.dumps(body([{"role": "user", "content": "hi"}])).encode(), HEADERS)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["choices"][0]["message"]["content"]


async def with_aiohttp():
    async with aiohttp.ClientSession(headers=HEADERS) as session:
        async def one(n):
            async with session.post(URL, json=body([{"role": "user", "content": f"number {n}"}], stream=True)) as answer:
                text = ""
                async for line in answer.content:
                    if line.startswith(b"data: {"):
                        text += json.loads(line[6:])["choices"][0]["delta"].get("content") or ""
                return text
        return await asyncio.gather(*(one(n) for n in range(4)))


print(with_requests())
print(with_urllib())
print(asyncio.run(with_aiohttp()))
