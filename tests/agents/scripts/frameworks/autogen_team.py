"""autogen: a team of three, with tools."""

import asyncio
import random
import time
import warnings

from autogen_agentchat.agents import AssistantAgent
from autogen_agentchat.conditions import MaxMessageTermination
from autogen_agentchat.teams import RoundRobinGroupChat
from autogen_ext.models.openai import OpenAIChatCompletionClient

warnings.simplefilter("ignore")


async def weather(city: str) -> str:
    """The weather."""
    await asyncio.sleep(random.random() / 50)
    return f"{random.random():.3f} {city}"


def clock(zone: str) -> str:
    """The time."""
    return f"{time.time()} {zone}"


async def main():
    client = OpenAIChatCompletionClient(model="gpt-4o-mini")
    members = [AssistantAgent(f"a{n}", client, tools=[weather, clock]) for n in range(3)]
    team = RoundRobinGroupChat(members, termination_condition=MaxMessageTermination(7))
    result = await team.run(task="go")
    for message in result.messages:
        print(message.source, type(message).__name__, message.content)
    await client.close()


asyncio.run(main())
