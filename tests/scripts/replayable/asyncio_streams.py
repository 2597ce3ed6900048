# needs: server
import asyncio
import os
import socket
from urllib.parse import urlsplit

place = urlsplit(os.environ["OPENAI_BASE_URL"])


async def ask(path):
    reader, writer = await asyncio.open_connection("localhost", place.port)
    print(path, writer.get_extra_info("sockname"))
    writer.write(f"GET {path} HTTP/1.0\r\n\r\n".encode())
    await writer.drain()
    answer = await reader.readline(), len(await reader.read()) > 0, reader.at_eof()
    writer.close()
    await writer.wait_closed()
    return answer


async def main():
    print(await asyncio.gather(ask("/one"), ask("/two")))
    loop = asyncio.get_running_loop()
    with socket.socket() as s:
        s.setblocking(False)
        await loop.sock_connect(s, (place.hostname, place.port))
        await loop.sock_sendall(s, b"GET /raw HTTP/1.0\r\n\r\n")
        print(await loop.sock_recv(s, 4))
    try:
        await asyncio.open_connection(place.hostname, 1)
    except OSError as error:
        print(repr(error))


asyncio.run(main())
# changed: /raw -> /war @ request asyncio.sock_sendall
# added: await loop.sock_recv(s, 4)) -> await loop.sock_recv(s, 4), await loop.sock_recv(s, 4)) @ call asyncio.sock_recv at asyncio.connect #3 in main
# removed: await loop.sock_sendall @ call asyncio.sock_recv at asyncio.sock_sendall in main
