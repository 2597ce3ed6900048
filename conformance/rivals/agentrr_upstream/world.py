"""As the scripts' own `world.py`, by openai's SDK; the client is wrapped, as agentrr's README has it."""

import os

import openai
from agentrr_sdk import wrap_openai_client

URL = os.environ["CONFORMANCE_URL"]


def client():
    made = openai.OpenAI(base_url=f"{URL}/v1", api_key="none", timeout=30)
    return wrap_openai_client(made)


def async_client():
    return openai.AsyncOpenAI(base_url=f"{URL}/v1", api_key="none", timeout=30)


def request(prompt, **more):
    return {"model": "small", "messages": [{"role": "user", "content": prompt}], **more}


def ask(asked, prompt):
    return asked.chat.completions.create(**request(prompt)).choices[0].message.content


async def ask_async(asked, prompt):
    answer = await asked.chat.completions.create(**request(prompt))
    return answer.choices[0].message.content


def stream(asked, prompt):
    for chunk in asked.chat.completions.create(**request(prompt, stream=True)):
        for choice in chunk.choices:
            yield choice.delta.content or ""
