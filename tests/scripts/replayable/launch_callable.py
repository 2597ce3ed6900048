"""A coroutine that is named as `agent:Desk.serve`; it crashes."""
import asyncio
import random


class Desk:
    @staticmethod
    async def serve():
        await asyncio.sleep(0.001)
        print(random.random(), __name__)
        raise PermissionError(f"desk {random.randint(1, 1000)} is closed")

# argv: agent:Desk.serve
# bare: -c "import asyncio, agent; asyncio.run(agent.Desk.serve())"
# changed: 1, 1000) -> 1, 9) @ read random.getrandbits(4) at reads
# added: print(random.random() -> random.random(); print(random.random() @ read random.random at reads
# removed: print(random.random(), __name__) @ read random.getrandbits(10) at reads
