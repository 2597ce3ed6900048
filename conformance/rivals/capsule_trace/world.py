"""As the scripts' own `world.py`, by openai's SDK: capsule-trace captures its calls, and no httpx."""

import os

import openai

URL = os.environ["CONFORMANCE_URL"]


def client():
    return openai.OpenAI(base_url=f"{URL}/v1", api_key="none", timeout=30)


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
