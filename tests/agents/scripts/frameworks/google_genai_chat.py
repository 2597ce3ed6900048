"""google-genai: a chat with tools that the SDK calls, a streamed answer, a structured one, async, and an error."""

import asyncio
import os
import time

from google import genai
from google.genai import errors, types
from pydantic import BaseModel

CALLED = []


class Person(BaseModel):
    name: str
    email: str
    age: int


def order_status(order_id: str) -> str:
    """Look an order up."""
    CALLED.append((order_id, time.time()))
    return f"{order_id} is on its way"


client = genai.Client(api_key=os.environ["OPENAI_API_KEY"], http_options=types.HttpOptions(base_url=os.environ["HTTP_BASE_URL"]))
chat = client.chats.create(model="gemini-2.5-flash", config=types.GenerateContentConfig(tools=[order_status], system_instruction="Help."))
for said in ("Where is A-1001?", "thanks"):
    print(chat.send_message(said).text)
print(len(chat.get_history()), CALLED)
for chunk in client.models.generate_content_stream(model="gemini-2.5-flash", contents="a story"):
    print(chunk.text, end="|")
print()
answer = client.models.generate_content(model="gemini-2.5-flash", contents="Ada", config=types.GenerateContentConfig(response_mime_type="application/json", response_schema=Person))
print(answer.parsed, answer.usage_metadata.total_token_count)


async def main():
    many = await asyncio.gather(*(client.aio.models.generate_content(model="gemini-2.5-flash", contents=f"{n}") for n in range(4)))
    print([one.text for one in many])
    async for chunk in await client.aio.models.generate_content_stream(model="gemini-2.5-flash", contents="more"):
        print(chunk.text, end="|")
    print()


asyncio.run(main())
try:
    client.files.get(name="files/none")
except errors.APIError as error:
    print(type(error).__name__, error.code)
