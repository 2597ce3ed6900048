"""An agent on openai's async client, one call after another."""
import asyncio
import json
import random
import secrets

import openai


async def get_weather(city):
    await asyncio.sleep(0.01)
    return {"city": city, "degrees": random.gauss(15, 5)}


TOOL = {
    "type": "function",
    "name": "get_weather",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
}


async def main():
    async with openai.AsyncOpenAI(timeout=0.5, max_retries=4) as client:
        items = [{"role": "user", "content": f"Do I need a coat? ({secrets.token_hex(4)})"}]
        while True:
            answer = await client.responses.create(model="gpt-4o-mini", input=items, tools=[TOOL])
            calls = [item for item in answer.output if item.type == "function_call"]
            if not calls:
                break
            for call in calls:
                result = await get_weather(**json.loads(call.arguments))
                print(call.name, call.arguments, result)
                items += [
                    call.model_dump(exclude_none=True),
                    {
                        "type": "function_call_output",
                        "call_id": call.call_id,
                        "output": json.dumps(result),
                    },
                ]
        print(answer.output_text)
        ask = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "A story!"}]}
        for attempt in range(5):
            try:
                async for chunk in await client.chat.completions.create(**ask, stream=True):
                    print(chunk.choices[0].delta.content or "", end="|", flush=True)
                break
            except openai.APIError as error:
                print(f"\n{attempt}: {type(error).__name__} {error.__cause__!r}")
        print()
        async with client.chat.completions.stream(**ask) as stream:
            async for event in stream:
                if event.type == "content.delta":
                    print(event.delta, end="/")
                    if random.random() < 0.2:
                        break
        print("\nleft", (await client.chat.completions.create(**ask)).choices[0].message.content)
        await client.responses.create(model="gpt-4o-mini", input=None)


asyncio.run(main())
