"""smolagents: a tool-calling agent."""

from smolagents import OpenAIServerModel, ToolCallingAgent, tool
import os


@tool
def order_status(order_id: str) -> str:
    """Look an order up.

    Args:
        order_id: the order
    """
    return f"{order_id} is on its way"


model = OpenAIServerModel("gpt-4o-mini", api_base=os.environ["OPENAI_BASE_URL"], api_key=os.environ["OPENAI_API_KEY"])
agent = ToolCallingAgent([order_status], model, max_steps=3)
print(agent.run("Where is A-1001?"))
print([type(step).__name__ for step in agent.memory.steps])
print(agent.monitor.get_total_token_counts())
