"""google-adk: an agent with tools that keep state, a sub-agent and a callback, over litellm; sessions in memory."""

import asyncio
import os
import time

from google.adk.agents import Agent
from google.adk.models.lite_llm import LiteLlm
from google.adk.runners import InMemoryRunner
from google.adk.tools import ToolContext
from google.genai import types

model = LiteLlm(model="openai/gpt-4o-mini", api_base=os.environ["OPENAI_BASE_URL"], api_key=os.environ["OPENAI_API_KEY"])


def order_status(order_id: str, tool_context: ToolContext) -> dict:
    """Look an order up."""
    seen = tool_context.state.get("seen", [])
    tool_context.state["seen"] = seen + [order_id]
    tool_context.state["at"] = time.time()
    return {"order": order_id, "state": "on its way"}


async def refund(order_id: str, reason: str) -> dict:
    """Refund an order."""
    await asyncio.sleep(0.01)
    return {"order": order_id, "refunded": reason}


def before(callback_context):
    callback_context.state["started"] = time.time()


billing = Agent(name="billing", model=model, instruction="Refund.", description="money", tools=[refund])
root = Agent(name="support", model=model, instruction="Help. Seen: {seen?}", tools=[order_status], before_agent_callback=before, sub_agents=[billing])


async def main():
    runner = InMemoryRunner(root, app_name="app")
    session = await runner.session_service.create_session(app_name="app", user_id="u")
    print(session.id)
    for text in ("Where is A-1001?", "thanks", "refund it"):
        message = types.Content(role="user", parts=[types.Part(text=text)])
        async for event in runner.run_async(user_id="u", session_id=session.id, new_message=message):
            for part in event.content.parts if event.content else ():
                print(event.author, part.text, part.function_call, part.function_response)
    session = await runner.session_service.get_session(app_name="app", user_id="u", session_id=session.id)
    print(session.state)


asyncio.run(main())
