"""The async client, one call after another."""
import asyncio

from anthropic import AsyncAnthropic


async def main():
    client = AsyncAnthropic()
    ask = {
        "model": "claude-sonnet-5-5",
        "max_tokens": 100,
        "messages": [{"role": "user", "content": "Hello?"}],
    }
    print((await client.messages.create(**ask)).content[0].text)
    async with client.messages.stream(**ask) as stream:
        async for text in stream.text_stream:
            print(text, end="|")
        print((await stream.get_final_message()).usage.output_tokens)
    await client.close()


asyncio.run(main())

# needs: server
# changed: Hello? -> Hi? @ request http.request
# added: await client.close() -> await client.messages.create(**ask); await client.close() @ call http.request at http.close
# removed: content[0].text @ request http.request
