"""An agent on anthropic's async client, one call after another."""
import asyncio
import random
from datetime import datetime

import anthropic

ASK = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 200,
}


async def main():
    messages = [{"role": "user", "content": f"It is {datetime.now()}. Tell me a story."}]
    async with anthropic.AsyncAnthropic(timeout=0.5, max_retries=4) as client:
        for _ in range(random.randint(2, 4)):
            text = ""
            try:
                async with client.messages.stream(**ASK, messages=messages) as stream:
                    async for piece in stream.text_stream:
                        print(piece, end="|", flush=True)
                        text += piece
                        if random.random() < 0.02:
                            print("(enough)", end="")
                            break
            except Exception as error:
                print(f"\nbroke: {type(error).__name__}: {error}")
                continue
            print()
            messages += [
                {"role": "assistant", "content": text},
                {"role": "user", "content": "Go on."},
            ]
        while True:
            try:
                events = await client.messages.create(**ASK, messages=messages, stream=True)
                async for event in events:
                    print(event.type, end=" ")
                break
            except Exception as error:
                print(f"\nbroke: {type(error).__name__}: {error}")
        answer = await client.messages.create(**ASK, messages=messages)
        print(answer.content[0].text)
        await client.messages.create(**ASK, messages=3)


asyncio.run(main())
