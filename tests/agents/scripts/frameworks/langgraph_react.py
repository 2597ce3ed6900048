"""langgraph: ReAct agents at once, in tasks and in threads, with parallel tools; one streamed."""

import asyncio
import random
import time
import warnings

from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langgraph.prebuilt import create_react_agent

warnings.simplefilter("ignore")


@tool
def weather(city: str) -> str:
    """The weather."""
    time.sleep(random.random() / 50)
    return f"{random.random():.3f} {city}"


@tool
def clock(zone: str) -> str:
    """The time."""
    return f"{time.time()} {zone}"


agent = create_react_agent(ChatOpenAI(model="gpt-4o-mini"), [weather, clock])


def question(text):
    return {"messages": [("user", text)]}


async def main():
    for state in await asyncio.gather(*(agent.ainvoke(question(f"q {n}")) for n in range(4))):
        print([message.content for message in state["messages"]])
    async for chunk, _ in agent.astream(question("stream"), stream_mode="messages"):
        print(chunk.content, end="|")
    print()


asyncio.run(main())
for state in agent.batch([question(f"b {n}") for n in range(3)]):
    print(state["messages"][-1].content)
