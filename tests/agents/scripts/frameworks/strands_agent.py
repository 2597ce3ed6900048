"""strands: an agent with tools over the OpenAI model."""

import os

from strands import Agent, tool
from strands.models.openai import OpenAIModel


@tool
def order_status(order_id: str) -> str:
    """Look an order up.

    Args:
        order_id: the order
    """
    return f"{order_id} is on its way"


model = OpenAIModel(client_args={"base_url": os.environ["OPENAI_BASE_URL"], "api_key": os.environ["OPENAI_API_KEY"]}, model_id="gpt-4o-mini")
agent = Agent(model=model, tools=[order_status], system_prompt="Help.")
result = agent("Where is A-1001?")
print()
print(result.stop_reason, result.metrics.accumulated_usage)
print(agent("And now?"))
print(len(agent.messages))
