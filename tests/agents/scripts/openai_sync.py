"""An agent on openai: tools, streams, structured answers; retries and dropped streams."""
import json
import random
import time
import uuid

import openai
from pydantic import BaseModel


class Verdict(BaseModel):
    name: str
    amount: float
    urgent: bool


def find_order(order_id):
    return {"order": order_id, "shelf": random.randint(1, 99), "id": str(uuid.uuid4())}


def open_ticket(reason):
    if random.random() < 0.3:
        raise RuntimeError(f"ticket system is busy ({reason})")
    return f"T-{random.getrandbits(32):08x}"


TOOLS = {"find_order": (find_order, "order_id"), "open_ticket": (open_ticket, "reason")}
DECLARED = [
    {
        "type": "function",
        "function": {
            "name": name,
            "parameters": {"type": "object", "properties": {key: {"type": "string"}}},
        },
    }
    for name, (_, key) in TOOLS.items()
]
client = openai.OpenAI(timeout=0.5, max_retries=4)
messages = [{"role": "user", "content": "Where is my order, and who is to blame?"}]


def streamed(**more):
    """Ask until a stream comes through whole."""
    while True:
        text = ""
        try:
            for chunk in client.chat.completions.create(
                model="gpt-4o-mini", messages=messages, stream=True, **more
            ):
                piece = chunk.choices[0].delta.content or "" if chunk.choices else ""
                print(piece, end="|", flush=True)
                text += piece
        except (openai.APIConnectionError, openai.APIError) as error:
            print(f"\nbroke after {len(text)}: {type(error).__name__}, {type(error.__cause__).__name__}")
            time.sleep(0.05)
        else:
            print()
            return text


started = time.time()
while True:
    answer = client.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=DECLARED)
    message = answer.choices[0].message
    if not message.tool_calls:
        print(answer.id, message.content)
        break
    messages.append(message.model_dump(exclude_none=True))
    for call in message.tool_calls:
        function, _ = TOOLS[call.function.name]
        try:
            result = json.dumps(function(**json.loads(call.function.arguments)))
        except RuntimeError as error:
            result = f"error: {error}"
        print(call.id, call.function.name, call.function.arguments, result)
        messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
messages.append({"role": "assistant", "content": streamed()})
messages.append({"role": "user", "content": "Shorter."})
streamed(stream_options={"include_usage": True})
verdict = client.chat.completions.parse(
    model="gpt-4o-mini", messages=messages, response_format=Verdict
)
print(verdict.choices[0].message.parsed, client.embeddings.create(model="e", input="a").usage)
print(client.responses.create(model="gpt-4o-mini", input="Bye.").output_text, time.time() - started)
client.chat.completions.create(model="gpt-4o-mini", messages=None)
