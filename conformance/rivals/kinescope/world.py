"""As the scripts' own `world.py`, with the clients that kinescope makes."""

import json
import os

import kinescope

URL = os.environ["CONFORMANCE_URL"]
CHAT = "/v1/chat/completions"


def client():
    return kinescope.http_client(base_url=URL, timeout=30)


def async_client():
    return kinescope.async_http_client(base_url=URL, timeout=30)


def request(prompt, **more):
    return {"model": "small", "messages": [{"role": "user", "content": prompt}], **more}


def text_of(answer):
    answer.raise_for_status()
    return answer.json()["choices"][0]["message"]["content"]


def ask(asked, prompt):
    return text_of(asked.post(CHAT, json=request(prompt)))


async def ask_async(asked, prompt):
    return text_of(await asked.post(CHAT, json=request(prompt)))


def stream(asked, prompt):
    with asked.stream("POST", CHAT, json=request(prompt, stream=True)) as answer:
        answer.raise_for_status()
        for line in answer.iter_lines():
            if line.startswith("data: {"):
                for choice in json.loads(line[6:])["choices"]:
                    yield choice["delta"].get("content") or ""
