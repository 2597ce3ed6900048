"""Tools with messages, streamed: the model asks, the script answers."""
import json
import secrets

import anthropic

client = anthropic.Anthropic()


def find_order(order_id):
    return {"order": order_id, "parcel": secrets.token_hex(4)}


def open_ticket(reason, city="Berlin"):
    return {"ticket": secrets.randbelow(10_000), "reason": reason, "city": city}


def text(name):
    return {name: {"type": "string"}}


TOOLS = [
    {"name": "find_order", "input_schema": {"type": "object", "properties": text("order_id")}},
    {"name": "open_ticket", "input_schema": {"type": "object", "properties": text("reason")}},
]
DISPATCH = {"find_order": find_order, "open_ticket": open_ticket}
messages = [{"role": "user", "content": "My parcel is damaged."}]
while True:
    with client.messages.stream(
        model="claude-sonnet-5-5", max_tokens=300, tools=TOOLS, messages=messages
    ) as stream:
        answer = stream.get_final_message()
    asked = [block for block in answer.content if block.type == "tool_use"]
    if not asked:
        break
    results = []
    for block in asked:
        result = DISPATCH[block.name](**block.input)
        print(block.name, block.input, "->", result)
        results.append(
            {"type": "tool_result", "tool_use_id": block.id, "content": json.dumps(result)}
        )
    content = [block.model_dump(include={"type", "text", "id", "name", "input"}) for block in answer.content]
    messages += [{"role": "assistant", "content": content}, {"role": "user", "content": results}]
print(answer.content[0].text)

# needs: server
# changed: is damaged -> is late @ request http.request
# added: print(answer.content[0].text) -> find_order("A-7") @ extra tool.call at end
# removed: DISPATCH[block.name](**block.input) -> {} @ call http.request at tool.call
