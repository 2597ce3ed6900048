"""An agent on anthropic's client that asks from many threads at once, streamed and not."""
import os
import secrets
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed

import anthropic

client = anthropic.Anthropic(max_retries=2)
heard = []


def ask(number):
    asked = {
        "model": "claude-sonnet-4-5",
        "max_tokens": 100,
        "messages": [{"role": "user", "content": f"Question {number}? ({secrets.token_hex(4)})"}],
    }
    if number % 2:
        return client.messages.create(**asked).content[0].text
    with client.messages.stream(**asked) as stream:
        for text in stream.text_stream:
            heard.append((number, len(text)))
        return stream.get_final_text()


with ThreadPoolExecutor(int(os.environ.get("IN_FLIGHT", "8"))) as pool:
    asked = {pool.submit(ask, number): number for number in range(int(sys.argv[1]))}
    for done in as_completed(asked):
        try:
            print(asked[done], done.result())
        except Exception as error:
            print(asked[done], type(error).__name__)
print(heard)
