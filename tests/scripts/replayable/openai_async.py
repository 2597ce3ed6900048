"""The async client, one call after another: whole, streamed, responses."""
import asyncio

from openai import AsyncOpenAI


async def main():
    async with AsyncOpenAI() as client:
        ask = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello?"}]}
        print((await client.chat.completions.create(**ask)).choices[0].message.content)
        async for chunk in await client.chat.completions.create(**ask, stream=True):
            print(chunk.choices[0].delta.content or "", end="|")
        print()
        async with client.chat.completions.stream(**ask) as stream:
            async for event in stream:
                if event.type == "content.done":
                    print(event.content)
        print((await client.responses.create(model="gpt-4o-mini", input="Bye.")).output_text)


asyncio.run(main())

# needs: server
# changed: Hello? -> Hi? @ request http.request
# added: print() -> await client.models.list() @ request http.request #3
# removed: print((await client.responses @ call http.close at http.request #4
