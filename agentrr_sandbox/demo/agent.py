"""A support agent: it asks a model, looks an order up, and may refund it.

It knows nothing of agentrr.  It reads the clock, draws lots and makes ids, as agents do, so no
two runs of it are the same.
"""

# ruff: noqa: DTZ005, S311 - an agent as people write them

from __future__ import annotations

import json
import random
import sys
import time
import uuid
from datetime import datetime
from typing import Any

from openai import OpenAI

PROMPT = "Parcel A-1001 arrived broken. Please look into it and tell me what happens next."

PARAMETERS = {
    "type": "object",
    "properties": {"order_id": {"type": "string"}},
    "required": ["order_id"],
}


def find_order(order_id: str) -> dict[str, Any]:
    """Look an order up; the warehouse answers something else every time."""
    time.sleep(0.2)
    return {"order": order_id, "items": random.randint(1, 5), "weight": round(random.random(), 3)}


def refund(order_id: str) -> dict[str, Any]:
    """Pay the money back: what must not happen twice."""
    return {"order": order_id, "refund": str(uuid.uuid4())}


TOOLS = {"find_order": find_order, "refund": refund}


def main() -> int:
    """Run the conversation until the model has nothing more to ask."""
    client = OpenAI()
    started = time.perf_counter()
    case = uuid.uuid4().hex[:8]
    print(f"case {case}, opened {datetime.now():%H:%M:%S.%f}")
    declared: Any = [
        {"type": "function", "function": {"name": name, "parameters": PARAMETERS}} for name in TOOLS
    ]
    messages: Any = [
        {"role": "system", "content": f"You work for customer support. This is case {case}."},
        {"role": "user", "content": PROMPT},
    ]
    while True:
        answer = client.chat.completions.create(
            model="gpt-4o-mini", messages=messages, tools=declared
        )
        message = answer.choices[0].message
        if not message.tool_calls:
            break
        messages.append(message.model_dump(exclude_none=True))
        for call in message.tool_calls:
            function: Any = call.function  # type: ignore[union-attr] # only functions are declared
            result = TOOLS[function.name](**json.loads(function.arguments))
            print(f"  {function.name}({function.arguments}) -> {json.dumps(result)}")
            content = json.dumps(result)
            messages.append({"role": "tool", "tool_call_id": call.id, "content": content})
    for chunk in client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[*messages, {"role": "user", "content": "Say it in one sentence."}],
        stream=True,
    ):
        print(chunk.choices[0].delta.content or "", end="", flush=True)
    took = time.perf_counter() - started
    print(f"\nclosed after {took:.3f} s, survey: {random.choice(('yes', 'no'))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
