"""The async client: one call after another, streamed and whole, and a request that dies."""
import asyncio
import os

import httpx2


async def pages():
    for number in range(3):
        yield f"{number};".encode()


async def main():
    async with httpx2.AsyncClient(base_url=os.environ["HTTP_BASE_URL"], timeout=0.3) as client:
        print((await client.get("/get")).json())
        print((await client.post("/post", content=pages())).json()["text"])
        async with client.stream("GET", "/stream/5") as answer:
            async for line in answer.aiter_lines():
                print(line)
        async with client.stream("GET", "/stream/9") as answer:
            async for line in answer.aiter_lines():
                print("half read:", line)
                break
        await client.get("/slow")


asyncio.run(main())

# needs: server
# changed: "/stream/9" -> "/stream/8" @ request http.request #4
# added: await client.get("/slow") -> await client.get("/get"); await client.get("/slow") @ request http.request #5
# removed: print((await client.get( @ request http.request
