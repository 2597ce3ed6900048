"""smolagents: a code agent, whose model's answers are Python that it runs."""

import os

from smolagents import CodeAgent, OpenAIServerModel, tool

CODE = """Thought: I look.
<code>
import random, time, math
x = [order_status(f"A-{n}") for n in range(3)]
print(x, random.random(), time.time(), math.pi)
final_answer(f"{x} at {time.time()}")
</code>"""


@tool
def order_status(order_id: str) -> str:
    """Look an order up.

    Args:
        order_id: the order
    """
    return f"{order_id} is on its way"


class Model(OpenAIServerModel):
    def generate(self, *args, **kwargs):
        message = super().generate(*args, **kwargs)
        message.content = f"{message.content}\n{CODE}"
        return message


model = Model("gpt-4o-mini", api_base=os.environ["OPENAI_BASE_URL"], api_key=os.environ["OPENAI_API_KEY"])
agent = CodeAgent([order_status], model, max_steps=3, additional_authorized_imports=["random", "time", "math"])
print(agent.run("Where is A-1001?"))
