"""An event loop that reads standard input beside its other work: a stream, a callback, what it is."""

import asyncio
import os
import stat
import sys
import time


async def lines(reader):
    while line := await reader.readline():
        print("got", line, time.time())
        await asyncio.sleep(0.001)
        if line == b"stop\n":
            return


async def main():
    loop = asyncio.get_running_loop()
    print(stat.S_ISFIFO(os.fstat(0).st_mode), os.isatty(0))
    ticks = asyncio.create_task(asyncio.sleep(0.01, "ticked"))
    done = loop.create_future()

    def ready():
        data = os.read(0, 4)
        print("read", data)
        if data == b"two\n":
            print(loop.remove_reader(0), loop.remove_reader(sys.stdin))
            done.set_result(None)

    loop.add_reader(sys.stdin, print, "never")
    loop.add_reader(0, ready)
    await done
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await lines(reader)
    print(await ticks)


asyncio.run(main())

# stdin: one\ntwo\nthree\nfour\nstop\n
# changed: print("got" -> print("had" @ output stdout #5
# added: time.time() @ read time.time at end
# removed: print("read", data) @ output stdout #2
