"""An MCP client that starts its server over stdio, and the server: one file, two roles."""

import asyncio
import random
import sys


def serve():
    try:
        from mcp.server.fastmcp import FastMCP as Server
    except ImportError:
        from mcp.server import MCPServer as Server

    server = Server("dice")

    @server.tool()
    def roll(sides: int) -> str:
        """Roll a die."""
        return f"rolled {random.randint(1, sides)} of {sides}"

    @server.tool()
    def fail(reason: str) -> str:
        """Fail."""
        raise ValueError(reason)

    @server.resource("memo://{name}")
    def memo(name: str) -> str:
        return f"memo {name}: {random.random()}"

    server.run()


async def main():
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    parameters = StdioServerParameters(command=sys.executable, args=[__file__, "serve"])
    async with stdio_client(parameters) as (read, write), ClientSession(read, write) as session:
        hello = await session.initialize()
        print(type(hello).__name__)
        tools = await session.list_tools()
        print([tool.name for tool in tools.tools])
        for sides in (6, 20, 100):
            result = await session.call_tool("roll", {"sides": sides})
            print(result.content[0].text)
        many = await asyncio.gather(*(session.call_tool("roll", {"sides": 10**n}) for n in range(1, 6)))
        print([one.content[0].text for one in many])
        failed = await session.call_tool("fail", {"reason": "no luck"})
        print(getattr(failed, "is_error", None) or getattr(failed, "isError", None), failed.content[0].text)
        print((await session.read_resource("memo://x")).contents[0].text)


if sys.argv[1:] == ["serve"]:
    serve()
else:
    asyncio.run(main())
