"""pydantic-ai: dependencies, structured output, a streamed answer, message history, two agents."""

import asyncio
from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel
from pydantic_ai import Agent, RunContext


@dataclass
class Shop:
    name: str


class Ticket(BaseModel):
    order_id: str
    reason: str


writer = Agent("openai:gpt-4o-mini", instructions="Write shortly.")
support = Agent("openai:gpt-4o-mini", deps_type=Shop, output_type=[Ticket, str])


@support.instructions
def today(context: RunContext[Shop]) -> str:
    return f"You work for {context.deps.name}; today is {date.today()}."


@support.tool
async def poem(context: RunContext[Shop], query: str) -> str:
    """A poem."""
    return (await writer.run(f"a poem on {query}", usage=context.usage)).output


@support.tool_plain
def stock(order_id: str) -> int:
    """Pieces in stock."""
    return len(order_id)


async def main():
    first = await support.run("Refund A-1001", deps=Shop("Acme"))
    print(first.output, first.usage)
    second = await support.run("and now?", deps=Shop("Acme"), message_history=first.new_messages())
    print(second.output)
    async with writer.run_stream("a story") as stream:
        async for text in stream.stream_text(delta=True, debounce_by=None):
            print(text, end="|")
    print()
    print(stream.timestamp is not None)


asyncio.run(main())
print(writer.run_sync("once more").output)
