"""How the scripts ask the model: plain httpx, as an agent without an SDK would.

A tool that has to be wired into the client has a `world.py` of its own, in its folder of `rivals/`.
"""

import json
import os

import httpx

URL = os.environ["CONFORMANCE_URL"]
CHAT = "/v1/chat/completions"


def client():
    return httpx.Client(base_url=URL, timeout=30)


def async_client():
    return httpx.AsyncClient(base_url=URL, timeout=30)


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
