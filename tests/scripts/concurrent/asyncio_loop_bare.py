"""A loop of the program's own that is none of asyncio's: ready handles, timers, and a sleep."""

import asyncio
import heapq
import os
import time


class Mini(asyncio.AbstractEventLoop):
    def __init__(self):
        self.ready, self.timers, self.made = [], [], 0

    def get_debug(self):
        return False

    def is_running(self):
        return True

    def is_closed(self):
        return False

    def time(self):
        return time.monotonic()

    def call_soon(self, callback, *args, context=None):
        self.ready.append(asyncio.Handle(callback, args, self, context))
        return self.ready[-1]

    def call_later(self, delay, callback, *args, context=None):
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(self, when, callback, *args, context=None):
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        self.made += 1
        heapq.heappush(self.timers, (when, self.made, handle))
        return handle

    def _timer_handle_cancelled(self, handle):
        pass

    def create_future(self):
        return asyncio.Future(loop=self)

    def create_task(self, coro, **named):
        return asyncio.Task(coro, loop=self)

    def run(self, coro):
        asyncio.events._set_running_loop(self)
        try:
            task = self.create_task(coro)
            while not task.done():
                while self.timers and self.timers[0][0] <= self.time():
                    self.ready.append(heapq.heappop(self.timers)[2])
                if not self.ready:
                    time.sleep(max(0, self.timers[0][0] - self.time()))
                ready, self.ready = self.ready, []
                for handle in ready:
                    handle._run()
            return task.result()
        finally:
            asyncio.events._set_running_loop(None)


async def work(number):
    await asyncio.sleep(0.003 * (3 - number))
    print(number, os.urandom(2).hex())


async def main():
    await asyncio.gather(*(work(number) for number in range(3)))


Mini().run(main())
