"""The golden path: model, tool, clock, draw, id.  No two runs are the same; every replay is.

    agentrr run examples/agents/deterministic_support.py
    agentrr replay last

It needs OPENAI_API_KEY, or OPENAI_BASE_URL with a server such as the bundled one:

    python -m agentrr_sandbox.demo.server
"""

import json
import random
import time
import uuid
from datetime import datetime

from openai import OpenAI

MODEL = "gpt-4o-mini"
PROMPT = "Order A-1001 has not arrived. Find out where it is and tell the customer."


def find_order(order_id: str) -> dict:
    """What the warehouse knows: another answer every time."""
    return {"order_id": order_id, "days": random.randint(1, 9), "parcel": uuid.uuid4().hex[:10]}


TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "find_order",
            "description": "Look an order up in the warehouse.",
            "parameters": {
                "type": "object",
                "properties": {"order_id": {"type": "string"}},
                "required": ["order_id"],
            },
        },
    }
]

client = OpenAI()
ticket = uuid.uuid4()
started = time.perf_counter()
print(f"ticket {ticket} at {datetime.now().isoformat()}")
messages = [{"role": "user", "content": PROMPT}]
while True:
    answer = client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS)
    message = answer.choices[0].message
    if not message.tool_calls:
        break
    messages.append(message.model_dump(exclude_none=True))
    for call in message.tool_calls:
        found = find_order(**json.loads(call.function.arguments))
        print("found", found)
        messages.append({"role": "tool", "tool_call_id": call.id, "content": json.dumps(found)})
print(message.content)
print(f"voucher of {random.choice([5, 10, 20])} EUR; it took {time.perf_counter() - started:.6f} s")
