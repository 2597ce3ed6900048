"""Programs of an event loop: several at once, pipes both ways, time limits, the end of each."""
import asyncio
from asyncio.subprocess import PIPE

ECHO = "while read line; do echo $line $$; done"


async def talk(n):
    child = await asyncio.create_subprocess_exec("sh", "-c", ECHO, stdin=PIPE, stdout=PIPE)
    for k in range(2):
        child.stdin.write(f"{n} {k}\n".encode())
        await child.stdin.drain()
        print(await child.stdout.readline())
    child.stdin.close()
    print(n, await child.wait(), await child.stdout.read())


async def main():
    child = await asyncio.create_subprocess_shell("cat; echo $$ >&2; exit 3", stdin=PIPE, stdout=PIPE, stderr=PIPE)
    out, err = await child.communicate(b"x" * 200_000)
    print(child.pid, len(out), err, child.returncode)
    await asyncio.gather(*(talk(n) for n in range(3)))
    child = await asyncio.create_subprocess_exec("sleep", "9")
    try:
        await asyncio.wait_for(child.wait(), 0.05)
    except TimeoutError:
        child.terminate()
    print(await child.wait())
    try:
        await asyncio.create_subprocess_exec("./none")
    except FileNotFoundError as error:
        print(error)
    child = await asyncio.create_subprocess_shell("echo $$")
    print(await child.wait())
    # here


asyncio.run(main())

# changed: range(3)) -> range(1, 4)) @ request process.write #2 in main/task:talk#1
# added: await (await asyncio.create_subprocess_exec("true")).wait() @ extra process.start at end
# removed: asyncio.create_subprocess_exec("./none") -> asyncio.sleep(0) @ request process.start #6
