"""A subclass of asyncio's loop, with a hand in `call_soon` and `_run_once`, used in two ways."""

import asyncio
import os


class Loop(asyncio.SelectorEventLoop):
    soon = turns = 0

    def call_soon(self, callback, *args, context=None):
        Loop.soon += 1
        return super().call_soon(callback, *args, context=context)

    def _run_once(self):
        Loop.turns += 1
        super()._run_once()


async def work(number):
    await asyncio.sleep(0.003 * (3 - number))
    print(number, os.urandom(2).hex())
    return await asyncio.to_thread(os.urandom, 1)


async def main():
    found = await asyncio.gather(*(work(number) for number in range(3)))
    print(type(asyncio.get_running_loop()).__name__, len(found), Loop.soon > 0, Loop.turns > 0)


with asyncio.Runner(loop_factory=Loop) as runner:
    runner.run(main())
loop = Loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(main())
loop.close()
