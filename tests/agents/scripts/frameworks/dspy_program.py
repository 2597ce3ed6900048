"""dspy: a predictor, a chain of thought and a ReAct agent with a tool."""

import os

import dspy

dspy.configure(lm=dspy.LM("openai/gpt-4o-mini", api_base=os.environ["OPENAI_BASE_URL"], api_key=os.environ["OPENAI_API_KEY"], cache=False))


def order_status(order_id: str) -> str:
    """Look an order up."""
    return f"{order_id} is on its way"


for make in (lambda: dspy.Predict("question -> answer")(question="what?"), lambda: dspy.ChainOfThought("question -> answer")(question="why?"), lambda: dspy.ReAct("question -> answer", tools=[order_status], max_iters=2)(question="where?")):
    try:
        print(make())
    except Exception as error:
        print(type(error).__name__, str(error)[:300])
print(len(dspy.settings.lm.history))
