"""grpc.aio: each kind of call, errors, deadlines, cancelling, callbacks, many at once."""

import asyncio
import json
import os

import grpc

PORT = os.environ.get("GRPC_PORT", "1")
JSON = {
    "request_serializer": lambda value: json.dumps(value).encode(),
    "response_deserializer": json.loads,
}


async def asks():
    for n in range(3):
        await asyncio.sleep(0.005)
        yield {"text": str(n)}


async def unary(channel):
    one = channel.unary_unary("/echo.Echo/One", **JSON)
    call = one({"text": "hello"}, metadata=(("authorization", "Bearer sk-12345678901234567890"),))
    call.add_done_callback(lambda done: print("done", done.done()))
    print(await call, await call.code(), await call.details())
    print(await call.initial_metadata(), await call.trailing_metadata())
    for text in ("wrong", "raise"):
        try:
            await one({"text": text})
        except grpc.aio.AioRpcError as error:
            print(error.code(), error.details(), error.trailing_metadata())
    try:
        await one({"text": "slow"}, timeout=0.2)
    except grpc.aio.AioRpcError as error:
        print(error.code(), error.details())
    slow = one({"text": "slow"})
    await asyncio.sleep(0.01)
    print(slow.cancel(), slow.cancelled())
    try:
        await slow
    except asyncio.CancelledError:
        print("cancelled", await slow.code())
    print(await asyncio.gather(*(one({"text": f"g{n}"}) for n in range(5))))
    try:
        await asyncio.wait_for(one({"text": "slow"}), 0.05)
    except asyncio.TimeoutError:
        print("timed out")


async def streams(channel):
    many = channel.unary_stream("/echo.Echo/Many", **JSON)
    call = many({"text": "", "n": 4})
    async for told in call:
        print(told["n"])
    print(await call.code(), await call.trailing_metadata())
    call = many({"text": "wrong", "n": 1})
    print(await call.read(), await call.read() if False else "")
    try:
        print(await call.read() is grpc.aio.EOF)
    except grpc.aio.AioRpcError as error:
        print(error.code(), error.details())
    call = many({"text": "", "n": 1000})
    async for told in call:
        if told["n"] == 2:
            print(call.cancel())
            break
    gather = channel.stream_unary("/echo.Echo/Gather", **JSON)
    print(await gather(asks()))
    call = gather()
    await call.write({"text": "x"})
    await call.write({"text": "y"})
    await call.done_writing()
    print(await call, await call.code())
    chat = channel.stream_stream("/echo.Echo/Chat", **JSON)
    async for told in chat(asks()):
        print(told)
    call = chat()
    for text in "pq":
        await call.write({"text": text})
        print(await call.read())
    await call.done_writing()
    print(await call.read() is grpc.aio.EOF, await call.code())


async def main():
    async with grpc.aio.insecure_channel(f"127.0.0.1:{PORT}") as channel:
        await channel.channel_ready()
        print(channel.get_state())
        await unary(channel)
        await streams(channel)
    async with grpc.aio.insecure_channel("127.0.0.1:1") as nowhere:
        try:
            await nowhere.unary_unary("/echo.Echo/One", **JSON)({"text": "x"}, timeout=2)
        except grpc.aio.AioRpcError as error:
            print(error.code())


asyncio.run(main())
