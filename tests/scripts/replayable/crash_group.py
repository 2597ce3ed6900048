"""Several tasks fail: an exception group ends the script."""
import asyncio
import uuid


async def fail(name):
    await asyncio.sleep(0)
    raise ValueError(f"{name} {uuid.uuid4()}")


async def main():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail("a"))
            group.create_task(fail("b"))
    except* ValueError as errors:
        print([str(error) for error in errors.exceptions])
    group = ExceptionGroup("all of it", [OSError(2, "gone"), ExceptionGroup("inner", [KeyError(uuid.uuid4().int)])])
    group.add_note("nothing could be done")
    raise group


asyncio.run(main())

# changed: gone -> lost @ output stderr with gone
# added: group.create_task(fail("b")) -> group.create_task(fail("b")); group.create_task(fail("c")) @ output stdout
# removed: KeyError(uuid.uuid4().int) -> KeyError(7) @ output stderr with KeyError
