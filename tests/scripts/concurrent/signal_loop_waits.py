"""A signal comes while the event loop waits for nothing else: its handler runs at that turn again."""

import asyncio
import signal
import subprocess
import time


def sent(name):
    subprocess.Popen(["sh", "-c", f"sleep 0.4; kill -{name} $PPID"], stdin=subprocess.DEVNULL)


async def waits(n):
    try:
        await asyncio.sleep(100 + n)
    except asyncio.CancelledError:
        print("cancelled", n, time.time())
        raise


async def main():
    sent("USR1")
    await asyncio.wait_for(heard.wait(), 100)
    sent("INT")
    await asyncio.gather(waits(1), waits(2))


def hear(number, frame):
    print("heard", signal.Signals(number).name)
    heard._loop.call_soon_threadsafe(heard.set)


async def begin():
    global heard
    heard = asyncio.Event()
    heard._loop = asyncio.get_running_loop()
    await main()


signal.signal(signal.SIGUSR1, hear)
try:
    asyncio.run(begin())
except KeyboardInterrupt:
    print("interrupted")
loop = asyncio.new_event_loop()
sent("INT")
try:
    loop.run_forever()
except KeyboardInterrupt as error:
    print(repr(error))
loop.close()
