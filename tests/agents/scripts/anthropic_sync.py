"""An agent on anthropic: tools, streams; retries and dropped streams."""
import json
import random
import sys
import time
import uuid

import anthropic

client = anthropic.Anthropic(timeout=0.5, max_retries=4)
MODEL = "claude-sonnet-5-5"


class Desk:
    """The tools are methods of an object."""

    def __init__(self):
        self.name = uuid.uuid4().hex[:6]

    def find_order(self, order_id):
        return {"order": order_id, "desk": self.name, "days": random.randint(1, 9)}

    def get_weather(self, city):
        return {"city": city, "degrees": round(random.uniform(-5, 35), 2)}


desk = Desk()
TOOLS = [
    {
        "name": name,
        "input_schema": {"type": "object", "properties": {key: {"type": "string"}}},
    }
    for name, key in (("find_order", "order_id"), ("get_weather", "city"))
]
messages = [{"role": "user", "content": "Where is my order?"}]
while True:
    try:
        with client.messages.stream(
            model=MODEL, max_tokens=500, messages=messages, tools=TOOLS
        ) as stream:
            for event in stream:
                if event.type == "text":
                    print(event.text, end="|", flush=True)
            answer = stream.get_final_message()
    except anthropic.APIError as error:
        print(f"\nbroke: {type(error).__name__} {error.__cause__!r}")
        continue
    except Exception as error:
        print(f"\nbroke: {type(error).__module__}.{type(error).__name__} {error}")
        time.sleep(random.random() / 20)
        continue
    print()
    asked = [block for block in answer.content if block.type == "tool_use"]
    if not asked:
        break
    results = [
        {
            "type": "tool_result",
            "tool_use_id": block.id,
            "content": json.dumps(getattr(desk, block.name)(**block.input)),
        }
        for block in asked
    ]
    print(results)
    content = [
        block.model_dump(include={"type", "text", "id", "name", "input"})
        for block in answer.content
    ]
    messages += [{"role": "assistant", "content": content}, {"role": "user", "content": results}]
for _ in range(2):
    answer = client.messages.create(model=MODEL, max_tokens=50, messages=messages)
    print(answer.id, answer.content[0].text, answer.usage.output_tokens, file=sys.stderr)
    messages += [
        {"role": "assistant", "content": answer.content[0].text},
        {"role": "user", "content": f"And at {time.time()}?"},
    ]
sys.exit(random.randint(3, 9))
