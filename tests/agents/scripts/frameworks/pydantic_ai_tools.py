"""pydantic-ai: four runs at once with parallel tools, a streamed one, a sync one."""

import asyncio
import random
import time

from pydantic_ai import Agent

agent = Agent("openai:gpt-4o-mini", system_prompt="be brief")


@agent.tool_plain
def weather(city: str) -> str:
    """The weather."""
    time.sleep(random.random() / 50)
    return f"{random.random():.3f} {city}"


@agent.tool_plain
async def clock(zone: str) -> str:
    """The time."""
    await asyncio.sleep(random.random() / 50)
    return f"{time.time()} {zone}"


async def main():
    for result in await asyncio.gather(*(agent.run(f"q {n}") for n in range(4))):
        print(result.output)
    async with agent.run_stream("stream") as stream:
        async for text in stream.stream_text(delta=True):
            print(text, end="|")
    print()


asyncio.run(main())
print(agent.run_sync("last").output)
