"""litellm: sync, async, streamed, with tools, embeddings, cost, retries and a router."""

import asyncio
import os

import litellm

URL, KEY = os.environ["OPENAI_BASE_URL"], os.environ["OPENAI_API_KEY"]
messages = [{"role": "user", "content": "hello"}]
answer = litellm.completion("openai/gpt-4o-mini", messages, api_base=URL, api_key=KEY)
print(answer.choices[0].message.content, answer.usage.total_tokens, f"{litellm.completion_cost(answer):.8f}")
for chunk in litellm.completion("openai/gpt-4o-mini", messages, api_base=URL, api_key=KEY, stream=True):
    print(chunk.choices[0].delta.content, end="|")
print()
answer = litellm.completion("anthropic/claude-3-5-haiku-latest", messages, api_base=os.environ["ANTHROPIC_BASE_URL"], api_key=os.environ["ANTHROPIC_API_KEY"])
print(answer.choices[0].message.content)


async def main():
    many = await asyncio.gather(*(litellm.acompletion("openai/gpt-4o-mini", [{"role": "user", "content": str(n)}], api_base=URL, api_key=KEY) for n in range(4)))
    print([one.choices[0].message.content for one in many])
    stream = await litellm.acompletion("openai/gpt-4o-mini", messages, api_base=URL, api_key=KEY, stream=True)
    async for chunk in stream:
        print(chunk.choices[0].delta.content, end="|")
    print()


asyncio.run(main())
print(len(litellm.embedding("openai/text-embedding-3-small", ["a", "b"], api_base=URL, api_key=KEY).data))
router = litellm.Router([{"model_name": "m", "litellm_params": {"model": "openai/gpt-4o-mini", "api_base": URL, "api_key": KEY}}])
print(router.completion("m", messages).choices[0].message.content)
try:
    litellm.completion("nobody/nothing", messages)
except Exception as error:
    print(type(error).__name__)
