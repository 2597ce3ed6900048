"""An agent that asks its model many times, eight calls under way."""

import secrets
import sys
from concurrent.futures import ThreadPoolExecutor

import openai

client = openai.OpenAI()


def ask(number):
    prompt = [{"role": "user", "content": f"Question {number}? ({secrets.token_hex(4)})"}]
    answer = client.chat.completions.create(model="gpt-4o-mini", messages=prompt)
    return len(answer.choices[0].message.content)


with ThreadPoolExecutor(8) as pool:
    print(len(list(pool.map(ask, range(int(sys.argv[1]))))))
