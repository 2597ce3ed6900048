"""langgraph: tools that reach the graph's store, stream, state and messages; events as they come."""

import asyncio
import time
import uuid
from typing import Annotated
from langchain_core.tools import tool, InjectedToolCallId
from langchain_core.messages import ToolMessage, HumanMessage
from langgraph.prebuilt import InjectedState, ToolNode, create_react_agent
from langgraph.types import Command
from langgraph.store.memory import InMemoryStore
from langgraph.config import get_store, get_stream_writer
from langgraph.checkpoint.memory import InMemorySaver
from langchain_openai import ChatOpenAI
store = InMemoryStore()
@tool
def remember(query: str) -> str:
    "Remember."
    get_store().put(("u",), str(uuid.uuid4()), {"q": query, "at": time.time()}); get_stream_writer()("stored " + query); return "stored"
@tool
async def recall(query: str, state: Annotated[dict, InjectedState]) -> str:
    "Recall."
    return f"{len(state['messages'])} {sorted(i.value['q'] for i in get_store().search(('u',)))}"
@tool
def update(query: str, tool_call_id: Annotated[str, InjectedToolCallId]) -> Command:
    "Update."
    return Command(update={"messages": [ToolMessage(f"updated {query}", tool_call_id=tool_call_id)]})
agent = create_react_agent(ChatOpenAI(model="gpt-4o-mini"), [remember, recall, update], store=store, checkpointer=InMemorySaver())
async def main():
    cfg = {"configurable": {"thread_id": "1"}}
    for q in ("one", "two", "three", "four"):
        async for mode, chunk in agent.astream({"messages": [HumanMessage(q)]}, cfg, stream_mode=["updates", "custom"]):
            print(mode, [(type(m).__name__, m.content) for v in chunk.values() for m in v["messages"]] if mode == "updates" else chunk)
    print(len(store.search(("u",))))
    async for e in agent.astream_events({"messages": [HumanMessage("last")]}, cfg, version="v2"):
        if e["event"] in ("on_tool_start", "on_tool_end", "on_chat_model_stream"): print(e["event"], str(e["data"].get("chunk", ""))[:40])
asyncio.run(main())
