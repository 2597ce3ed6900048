"""openai-agents: a triage agent hands off to others; the answers are streamed; a session remembers in sqlite."""

import asyncio
import datetime

from agents import Agent, ItemHelpers, Runner, SQLiteSession, function_tool


@function_tool
def order_status(order_id: str) -> str:
    """The state of an order."""
    return f"{order_id}: shipped {datetime.datetime.now():%H:%M:%S.%f}"


billing = Agent(name="billing", model="gpt-4o-mini", instructions="Refund.", handoff_description="money")
orders = Agent(name="orders", model="gpt-4o-mini", instructions="Look up.", tools=[order_status])
triage = Agent(name="triage", model="gpt-4o-mini", instructions="Route.", handoffs=[billing, orders])


async def main():
    session = SQLiteSession("user-1", "memory.db")
    for question in ("Where is my order?", "I want my money back", "thanks"):
        result = Runner.run_streamed(triage, question, session=session, max_turns=8)
        async for event in result.stream_events():
            if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
                print(event.data.delta, end="", flush=True)
            elif event.type == "agent_updated_stream_event":
                print("\n[agent]", event.new_agent.name)
            elif event.type == "run_item_stream_event":
                print("[item]", event.item.type, event.name)
        print("\n=>", result.last_agent.name, result.final_output)
    items = await session.get_items()
    print(len(items), "items remembered")


asyncio.run(main())
