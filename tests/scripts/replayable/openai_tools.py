"""Model, tool, model: the model asks for a tool until it has what it needs."""
import json
import random
from pathlib import Path

from openai import OpenAI

client = OpenAI()


def get_weather(city, unit="celsius"):
    """Ask the thermometer: another answer every time."""
    return {"city": city, "unit": unit, "degrees": round(random.gauss(18, 6), 1)}


SCHEMA = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
    },
    "required": ["city"],
}
TOOLS = [{"type": "function", "function": {"name": "get_weather", "parameters": SCHEMA}}]
messages = [{"role": "user", "content": "Do I need a coat?"}]
while True:
    answer = client.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=TOOLS)
    message = answer.choices[0].message
    if not message.tool_calls:
        break
    messages.append(message.model_dump(exclude_none=True))
    for call in message.tool_calls:
        result = get_weather(**json.loads(call.function.arguments))
        print(call.function.name, call.function.arguments, "->", result)
        messages.append({"role": "tool", "tool_call_id": call.id, "content": json.dumps(result)})
print(Path(__file__).name, len(messages), message.content)

# needs: server
# changed: need a coat -> need a hat @ request http.request
# added: if not message.tool_calls: -> if not message.tool_calls and get_weather("Rome"): @ extra tool.call at end
# removed: get_weather(**json.loads(call.function.arguments)) -> {} @ call http.request at tool.call
