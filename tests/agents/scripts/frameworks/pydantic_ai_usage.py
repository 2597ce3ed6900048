"""pydantic-ai: a tool that hands the run's usage on to another agent, which counts there."""

import asyncio
from pydantic_ai import Agent, RunContext

writer = Agent("openai:gpt-4o-mini", instructions="Write shortly.")
support = Agent("openai:gpt-4o-mini")


@support.tool
async def poem(context: RunContext[None], query: str) -> str:
    """A poem."""
    return (await writer.run(f"a poem on {query}", usage=context.usage)).output


@support.tool_plain
def stock(order_id: str) -> int:
    """Pieces in stock."""
    return len(order_id)


async def main():
    for _ in range(3):
        first = await support.run("Refund A-1001")
        print(first.output, first.usage, [type(p).__name__ for m in first.new_messages() for p in m.parts])


asyncio.run(main())
