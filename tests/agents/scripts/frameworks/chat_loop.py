"""A chat with the model over standard input, with history and a log file."""

import json
import time
from pathlib import Path

import openai

client = openai.OpenAI()
history = [{"role": "system", "content": f"Today is {time.strftime('%A')}."}]
log = Path("chat.jsonl")
print("Say something (an empty line ends it).")
while True:
    try:
        said = input("> ")
    except EOFError:
        break
    if not said.strip():
        break
    history.append({"role": "user", "content": said})
    stream = client.chat.completions.create(model="gpt-4o-mini", messages=history, stream=True)
    text = ""
    for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            text += chunk.choices[0].delta.content
            print(chunk.choices[0].delta.content, end="", flush=True)
    print()
    history.append({"role": "assistant", "content": text})
    with log.open("a") as file:
        file.write(json.dumps({"at": time.time(), "said": said, "answer": text}) + "\n")
print(len(history), "messages,", sum(len(m["content"]) for m in history), "letters")
