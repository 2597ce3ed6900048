"""An agent on bare aiohttp: a tool, streams, many at once, errors, a stream that is left."""

import asyncio
import json
import os

import aiohttp

URL = os.environ["OPENAI_BASE_URL"] + "/chat/completions"
HEADERS = {"authorization": "Bearer " + os.environ.get("OPENAI_API_KEY", "none")}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = [{"type": "function", "function": {"name": "weather", "parameters": SCHEMA}}]


def weather(city):
    return f"sunny in {city}"


async def ask(session, text, **more):
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}], **more}
    async with session.post(URL, json=body) as response:
        if response.status != 200:
            return response.status, (await response.text())[:60]
        if not more.get("stream"):
            return (await response.json())["choices"][0]["message"]
        lines = [line async for line in response.content if line.strip()]
        return len(lines), lines[-1]


async def tried(made):
    try:
        return await made
    except (aiohttp.ClientError, asyncio.TimeoutError) as error:
        return type(error).__name__, str(error)[:40]


async def main():
    timeout = aiohttp.ClientTimeout(total=20, sock_read=0.4)
    async with aiohttp.ClientSession(headers=HEADERS, timeout=timeout) as session:
        asked = await ask(session, "What is the weather?", tools=TOOLS, tool_choice="required")
        for call in asked["tool_calls"]:
            print(weather(**json.loads(call["function"]["arguments"])))
        print(await ask(session, "Tell me", stream=True, stream_options={"include_usage": True}))
        print(await asyncio.gather(*(ask(session, f"number {n}") for n in range(4))))
        for n in range(8):
            print(n, await tried(ask(session, f"fault {n}", stream=n % 2 == 1)))
        body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "?"}]}
        async with session.post(URL, json=body | {"stream": True}) as response:
            print(response.status, (await response.content.readline())[:5])
        async with session.get(os.environ["HTTP_BASE_URL"] + "/nothing") as response:
            print(response.status)
        form = aiohttp.FormData({"purpose": "x"})
        form.add_field("file", b"content", filename="a.txt")
        async with session.post(os.environ["HTTP_BASE_URL"] + "/form", data=form) as response:
            print(response.status)


asyncio.run(main())
