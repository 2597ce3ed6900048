# needs: server
"""A connection that is aborted while it reads nothing: its protocol is told that it is gone."""
import asyncio
import os
from urllib.parse import urlsplit

place = urlsplit(os.environ["OPENAI_BASE_URL"])


class Asking(asyncio.Protocol):
    def __init__(self):
        self.gone = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        transport.pause_reading()
        transport.write(b"GET /one HTTP/1.0\r\n\r\n")

    def data_received(self, data):
        print("read", data[:8])

    def connection_lost(self, exc):
        self.gone.set_result(exc)


async def main():
    loop = asyncio.get_running_loop()
    for end in ("abort", "close"):
        transport, protocol = await loop.create_connection(Asking, place.hostname, place.port)
        await asyncio.sleep(0.05)  # its answer waits to be read
        getattr(transport, end)()
        print(end, await asyncio.wait_for(protocol.gone, 5), transport.get_extra_info("sockname"))


asyncio.run(main())
# changed: GET /one -> GET /two @ request asyncio.write
# added: transport.pause_reading() -> transport.pause_reading(); transport.pause_reading() @ call asyncio.pause_reading at asyncio.write
# removed: transport.pause_reading() @ call asyncio.write at asyncio.pause_reading
