"""An agent on openai's client that asks from many threads at once, streamed and not."""
import os
import secrets
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed

import openai

client = openai.OpenAI(max_retries=2)
heard = []


def ask(number):
    prompt = [{"role": "user", "content": f"Question {number}? ({secrets.token_hex(4)})"}]
    if number % 2:
        answer = client.chat.completions.create(model="gpt-4o-mini", messages=prompt)
        return answer.choices[0].message.content
    words = []
    for piece in client.chat.completions.create(model="gpt-4o-mini", messages=prompt, stream=True):
        if piece.choices:
            words.append(piece.choices[0].delta.content or "")
            heard.append(number)
    return "".join(words)


with ThreadPoolExecutor(int(os.environ.get("IN_FLIGHT", "8"))) as pool:
    asked = {pool.submit(ask, number): number for number in range(int(sys.argv[1]))}
    for done in as_completed(asked):
        try:
            print(asked[done], done.result())
        except Exception as error:
            print(asked[done], type(error).__name__)
print(heard)
