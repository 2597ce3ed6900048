"""An agent of N model calls: `grow` keeps the conversation and sends it whole each turn."""

import sys

from openai import OpenAI

count, grows, size = int(sys.argv[1]), sys.argv[2] == "grow", int(sys.argv[3])
client = OpenAI()
messages: list = []
for number in range(count):
    message = {"role": "user", "content": f"turn {number}: " + "tell me more. " * (size // 14)}
    if grows:
        messages.append(message)
    answer = client.chat.completions.create(model="gpt-x", messages=messages or [message])
    if grows:
        messages.append({"role": "assistant", "content": answer.choices[0].message.content})
