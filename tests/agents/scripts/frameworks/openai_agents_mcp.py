"""openai-agents with the tools of an MCP server over stdio."""

import asyncio
import sys

SERVER = '''
import random
try:
    from mcp.server.fastmcp import FastMCP
except ImportError:
    from mcp.server import MCPServer as FastMCP
server = FastMCP("weather")
@server.tool()
def weather(city: str) -> str:
    """The weather of a city."""
    return f"{random.randint(-10, 40)} degrees in {city}"
server.run()
'''


async def main():
    from agents import Agent, Runner
    from agents.mcp import MCPServerStdio

    async with MCPServerStdio(params={"command": sys.executable, "args": ["-c", SERVER]}) as server:
        agent = Agent(name="a", model="gpt-4o-mini", instructions="Use the tools.", mcp_servers=[server])
        for question in ("Weather in Paris?", "And in Lima?"):
            result = await Runner.run(agent, question)
            print(result.final_output)


asyncio.run(main())
