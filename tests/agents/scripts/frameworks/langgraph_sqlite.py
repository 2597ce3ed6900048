"""langgraph: a graph with an interrupt, kept in sqlite, resumed by another graph object; async, streamed."""

import asyncio
import operator
from typing import Annotated, TypedDict

from langchain_openai import ChatOpenAI
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, Send, interrupt

model = ChatOpenAI(model="gpt-4o-mini")


class State(TypedDict):
    topics: list
    notes: Annotated[list, operator.add]
    verdict: str


def fan(state):
    return [Send("write", {"topic": t}) for t in state["topics"]]


def write(state):
    return {"notes": [model.invoke(f"about {state['topic']}").content]}


def review(state):
    return {"verdict": interrupt({"notes": state["notes"]})}


graph = StateGraph(State)
graph.add_node("write", write)
graph.add_node("review", review)
graph.add_conditional_edges(START, fan, ["write"])
graph.add_edge("write", "review")
graph.add_edge("review", END)
config = {"configurable": {"thread_id": "1"}}
with SqliteSaver.from_conn_string("graph.db") as saver:
    app = graph.compile(checkpointer=saver)
    for update in app.stream({"topics": ["a", "b", "c"]}, config):
        print(update)
with SqliteSaver.from_conn_string("graph.db") as saver:
    app = graph.compile(checkpointer=saver)
    print(app.invoke(Command(resume="good"), config))
    print([s.config["configurable"]["checkpoint_id"] for s in app.get_state_history(config)])
