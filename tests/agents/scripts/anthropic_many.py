"""An agent on anthropic's async client with many calls under way, one of which it gives up."""
import asyncio
import os
import random
import secrets
import sys

import anthropic


async def ask(client, room, number):
    asked = {
        "model": "claude-sonnet-4-5",
        "max_tokens": 100,
        "messages": [{"role": "user", "content": f"Question {number}? ({secrets.token_hex(4)})"}],
    }
    async with room:
        if number % 2:
            return (await client.messages.create(**asked)).content[0].text
        async with client.messages.stream(**asked) as stream:
            return "".join([text async for text in stream.text_stream])


async def main():
    async with anthropic.AsyncAnthropic(max_retries=1) as client:
        room = asyncio.Semaphore(int(os.environ.get("IN_FLIGHT", "8")))
        tasks = [asyncio.create_task(ask(client, room, n)) for n in range(int(sys.argv[1]))]
        names = {task: number for number, task in enumerate(tasks)}
        asyncio.get_running_loop().call_later(random.uniform(0.02, 0.2), tasks[3].cancel)
        while names:
            done, _ = await asyncio.wait(names, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                number = names.pop(task)
                if task.cancelled():
                    print(number, "given up")
                elif task.exception():
                    print(number, type(task.exception()).__name__)
                else:
                    print(number, task.result())


asyncio.run(main())
