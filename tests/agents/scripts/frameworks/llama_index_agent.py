"""llama-index: a function agent in a workflow, with a context kept, an index over embeddings."""

import asyncio

from llama_index.core import Document, Settings, VectorStoreIndex
from llama_index.core.agent.workflow import AgentStream, FunctionAgent, ToolCallResult
from llama_index.core.embeddings import MockEmbedding
from llama_index.core.workflow import Context
from llama_index.llms.openai import OpenAI

Settings.embed_model = MockEmbedding(embed_dim=8)
llm = OpenAI(model="gpt-4o-mini")
Settings.llm = llm


def multiply(a: float, b: float) -> float:
    """Multiply."""
    return a * b


async def weather(city: str) -> str:
    """The weather."""
    await asyncio.sleep(0.01)
    return f"sun in {city}"


async def main():
    agent = FunctionAgent(tools=[multiply, weather], llm=llm, system_prompt="Help.")
    context = Context(agent)
    for question in ("What is 3 times 4?", "And the weather in Lima?"):
        handler = agent.run(question, ctx=context)
        async for event in handler.stream_events():
            if isinstance(event, AgentStream):
                print(event.delta, end="|")
            elif isinstance(event, ToolCallResult):
                print("[tool]", event.tool_name, event.tool_kwargs, event.tool_output)
        print("\n=>", await handler)


asyncio.run(main())
index = VectorStoreIndex.from_documents([Document(text=f"text {n}") for n in range(3)])
print(index.as_query_engine(llm=llm).query("what?"))
