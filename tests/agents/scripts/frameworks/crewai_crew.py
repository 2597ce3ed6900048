"""crewai: a crew of three with a tool, two tasks of which run at once."""

import asyncio
import logging
import random
import time

from crewai import LLM, Agent, Crew, Task
from crewai.tools import tool

logging.disable()


@tool("weather")
def weather(city: str) -> str:
    """The weather."""
    time.sleep(random.random() / 50)
    return f"{random.random():.3f} in {city}"


async def main():
    llm = LLM(model="openai/gpt-4o-mini")
    agents = [
        Agent(role=f"r{n}", goal="g", backstory="b", tools=[weather], llm=llm) for n in range(3)
    ]
    tasks = [
        Task(description=f"say {n}", expected_output="a word", agent=each, async_execution=n < 2)
        for n, each in enumerate(agents)
    ]
    result = await Crew(agents=agents, tasks=tasks).kickoff_async()
    for each in result.tasks_output:
        print(each.raw)


asyncio.run(main())
