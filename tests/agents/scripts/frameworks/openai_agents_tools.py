"""openai-agents: four runs at once, each with tools that the model calls in parallel."""

import asyncio
import random
import time

from agents import Agent, Runner, function_tool, set_tracing_disabled

set_tracing_disabled(True)
ASKED = []


@function_tool
def weather(city: str) -> str:
    """The weather."""
    time.sleep(random.random() / 50)
    ASKED.append(city)
    return f"{random.random():.3f} in {city}"


@function_tool
async def clock(zone: str) -> str:
    """The time."""
    await asyncio.sleep(random.random() / 50)
    ASKED.append(zone)
    return f"{time.time()} in {zone}"


async def ask(n):
    agent = Agent(name=f"a{n}", instructions="be brief", model="gpt-4o-mini", tools=[weather, clock])
    result = await Runner.run(agent, f"question {n}")
    print(n, result.final_output)


async def main():
    await asyncio.gather(*(ask(n) for n in range(4)))


asyncio.run(main())
print(ASKED)
