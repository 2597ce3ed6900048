"""Servers of event loops: who comes is served by a task each, in any order; closed and cancelled."""

import asyncio
import random
import socket


async def serve(reader, writer):
    while line := await reader.readline():
        await asyncio.sleep(random.random() / 100)
        writer.write(b"got " + line.strip() + b" %d\n" % random.randrange(1000))
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def ask(port, n):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for turn in range(3):
        writer.write(b"hello %d %d\n" % (n, turn))
        print(n, await reader.readline(), writer.get_extra_info("sockname")[1])
    writer.close()
    await writer.wait_closed()


def port_of(server):
    return server.sockets[0].getsockname()[1]


async def by_hand(loop, listening):
    connection, _ = await loop.sock_accept(listening)
    with connection:
        connection.setblocking(False)
        await loop.sock_sendall(connection, (await loop.sock_recv(connection, 10))[::-1])


async def main():
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        print(server.is_serving(), len(server.sockets))
        await asyncio.gather(*(ask(port_of(server), n) for n in range(4)))
    print(server.is_serving(), server.sockets)
    server = await asyncio.start_server(serve, "127.0.0.1", 0, start_serving=False)
    forever = asyncio.create_task(server.serve_forever())
    await asyncio.sleep(0.01)
    await ask(port_of(server), 9)
    forever.cancel()
    print(await asyncio.gather(forever, return_exceptions=True))
    loop = asyncio.get_running_loop()
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket() as s:
        listening.setblocking(False)
        s.setblocking(False)
        taken = asyncio.create_task(by_hand(loop, listening))
        await loop.sock_connect(s, listening.getsockname())
        await loop.sock_sendall(s, b"abc")
        print(await loop.sock_recv(s, 10), await taken)


asyncio.run(main())
