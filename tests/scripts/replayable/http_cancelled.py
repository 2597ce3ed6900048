"""Requests that are given up from outside: by a time-out of asyncio, and in the middle of a stream."""
import asyncio
import os

import httpx2


async def patiently(client, seconds, path):
    try:
        async with asyncio.timeout(seconds):
            async with client.stream("GET", path) as answer:
                async for line in answer.aiter_lines():
                    print(line)
            print("in time", answer.status_code)
    except TimeoutError:
        print("too late", path)


async def main():
    async with httpx2.AsyncClient(base_url=os.environ["HTTP_BASE_URL"], timeout=30) as client:
        await patiently(client, 5, "/stream/3")
        await patiently(client, 0.1, "/slow")
        await patiently(client, 5, "/get")
        try:
            await asyncio.wait_for(client.get("/slow"), 0.05)
        except TimeoutError as error:
            print(type(error.__cause__).__name__)
        await patiently(client, 5, "/get")


asyncio.run(main())

# needs: server
# changed: "/stream/3" -> "/stream/4" @ request http.request
# added: await patiently(client, 0.1, "/slow") -> await client.get("/get") @ request http.request #2
# removed: await patiently(client, 0.1, "/slow") -> pass @ timer asyncio.timer at end
