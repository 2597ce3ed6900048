"""Model, tool, model: two tools, one of which can fail, and one that must not happen twice.

    agentrr run examples/agents/tool_caller.py
    agentrr replay last          # the letters are not sent again
"""

import json
import secrets
from pathlib import Path

from openai import OpenAI

OUTBOX = Path("outbox.txt")


def get_weather(city: str, unit: str = "celsius") -> dict:
    """Ask a thermometer that does not always answer."""
    degrees = secrets.randbelow(40) - 5
    if degrees < 0:
        raise TimeoutError(f"no answer from {city}")
    return {"city": city, "degrees": degrees, "unit": unit}


def send_letter(name: str) -> str:
    """Write to somebody: once it is sent, it is sent."""
    number = secrets.token_hex(4)
    with OUTBOX.open("a", encoding="utf-8") as outbox:
        outbox.write(f"{number} {name}\n")
    return number


def schema(tool: str, **properties: dict) -> dict:
    parameters = {"type": "object", "properties": properties, "required": list(properties)[:1]}
    return {"type": "function", "function": {"name": tool, "parameters": parameters}}


UNIT = {"type": "string", "enum": ["celsius", "fahrenheit"]}
TOOLS = {"get_weather": get_weather, "send_letter": send_letter}
DECLARED = [
    schema("get_weather", city={"type": "string"}, unit=UNIT),
    schema("send_letter", name={"type": "string"}),
]


def call_tool(name: str, arguments: str) -> str:
    try:
        return json.dumps({"ok": TOOLS[name](**json.loads(arguments))})
    except TimeoutError as error:
        return json.dumps({"error": str(error)})


def main() -> None:
    client = OpenAI()
    messages = [{"role": "user", "content": "Tell the hikers if they need a coat."}]
    while True:
        answer = client.chat.completions.create(
            model="gpt-4o-mini", messages=messages, tools=DECLARED
        )
        message = answer.choices[0].message
        if not message.tool_calls:
            print(message.content)
            return
        messages.append(message.model_dump(exclude_none=True))
        for call in message.tool_calls:
            result = call_tool(call.function.name, call.function.arguments)
            print(f"{call.function.name}{call.function.arguments} -> {result}")
            messages.append({"role": "tool", "tool_call_id": call.id, "content": result})


if __name__ == "__main__":
    main()
