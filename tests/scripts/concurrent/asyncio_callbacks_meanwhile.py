"""Callbacks of a task cross while it waits for an answer that only it sees."""

import asyncio
import os
import random
import socket
import tempfile


def beat(path, n):
    with open(path, "a") as notes:
        notes.write(f"{n} {random.random():.3f} ")
    os.stat(path)


async def greet(reader, writer):
    await asyncio.sleep(0.02)
    writer.write(b"hello")
    writer.close()


async def main():
    loop = asyncio.get_running_loop()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "beats")
        server = await asyncio.start_server(greet, "127.0.0.1", 0)
        address = server.sockets[0].getsockname()
        for n in range(6):
            loop.call_later(n / 100, beat, path, n)
        with socket.socket() as client:
            client.setblocking(False)
            await loop.sock_connect(client, address)
            print(await loop.sock_recv(client, 10))
        print(len(await loop.getaddrinfo(*address)))
        await asyncio.sleep(0.04)
        server.close()
        print(open(path).read())


asyncio.run(main())
