"""anyio's cancel scopes: a limit, a shield within it, a group that is cancelled."""

import random

import anyio


async def work(n):
    with anyio.move_on_after(0.01) as scope:
        await anyio.sleep(random.random() / 50)
        print(n, "in time")
        return
    with anyio.CancelScope(shield=True):
        await anyio.sleep(0.001)
        print(n, "late", scope.cancelled_caught)


async def main():
    async with anyio.create_task_group() as group:
        for n in range(6):
            group.start_soon(work, n)
        await anyio.sleep(0.012)
        group.cancel_scope.cancel()
    try:
        with anyio.fail_after(0.005):
            await anyio.sleep(1)
    except TimeoutError as e:
        print(repr(e))


anyio.run(main)
# needs: anyio
